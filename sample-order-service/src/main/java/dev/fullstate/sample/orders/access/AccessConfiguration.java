package dev.fullstate.sample.orders.access;

import jakarta.servlet.DispatcherType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.springframework.security.config.Customizer.withDefaults;

/** Orders, health and meters are open; all other paths require a login with HTTP basic. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
class AccessConfiguration {

    @Bean
    InMemoryUserDetailsManager users(AccessProperties properties) {
        return new InMemoryUserDetailsManager(properties.users().stream()
                .map(AccessConfiguration::userDetails)
                .toList());
    }

    private static UserDetails userDetails(AccessProperties.User user) {
        return User.withUsername(user.name())
                .password(user.password())
                .authorities(user.authorities().toArray(String[]::new))
                .build();
    }

    /**
     * CSRF protection is off: there is no session to abuse, and orders can be changed without credentials that a browser could be
     * made to send.
     */
    @Bean
    SecurityFilterChain access(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests
                        // Otherwise the error page of an open endpoint asks for a password and hides the error.
                        .dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers("/orders/**", "/actuator/health", "/actuator/prometheus")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .httpBasic(withDefaults())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }
}
