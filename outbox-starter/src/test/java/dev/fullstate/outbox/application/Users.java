package dev.fullstate.outbox.application;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Two users, who authenticate with each request. */
@Configuration(proxyBeanMethods = false)
class Users {

    @Bean
    UserDetailsService userDetails() {
        return new InMemoryUserDetailsManager(user("admin", "OUTBOX_ADMIN"), user("user", "OTHER"));
    }

    @Bean
    SecurityFilterChain basic(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .httpBasic(Customizer.withDefaults())
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }

    private static UserDetails user(String name, String authority) {
        return User.withUsername(name)
                .password("{noop}" + name)
                .authorities(authority)
                .build();
    }
}
