package dev.fullstate.outbox.admin;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.interceptor.SimpleTraceInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.DefaultHttpFirewall;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Security configurations that applications have. */
final class Securities {

    private Securities() {}

    /** Users without a chain of the application's: Spring Boot's is in force. */
    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(user("admin", "OUTBOX_ADMIN"), user("user", "OTHER"));
        }

        /** Encodes quickly, unlike an encoder that protects passwords. */
        @Bean
        PasswordEncoder passwords() {
            return new PasswordEncoder() {
                @Override
                public String encode(CharSequence password) {
                    return password.toString();
                }

                @Override
                public boolean matches(CharSequence password, String encoded) {
                    return encoded.contentEquals(password);
                }
            };
        }

        private static UserDetails user(String name, String authority) {
            return User.withUsername(name).password(name).authorities(authority).build();
        }
    }

    /** Everything is permitted, and no caller is authenticated. */
    @Configuration(proxyBeanMethods = false)
    static class EverythingPermitted extends Users {

        @Bean
        SecurityFilterChain open(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    /** Pages: a form to log in with, sessions, tokens against CSRF. */
    @Configuration(proxyBeanMethods = false)
    static class FormLogin extends Users {

        @Bean
        SecurityFilterChain pages(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }
    }

    /** Callers are authenticated by HTTP basic; methods may have rules of their own. */
    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    static class MethodSecurity extends Users {}

    /** Rules for each chain there is, also for those of libraries. */
    @Configuration(proxyBeanMethods = false)
    static class RulesForEveryChain extends Users {

        @Bean
        Customizer<HttpSecurity> everybodyLogsIn() {
            return http ->
                    http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated());
        }

        @Bean
        SecurityFilterChain basic(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults()).build();
        }
    }

    /** No chain anywhere, not even Spring Boot's: Spring Security has one for this case. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    static class NoChain extends Users {}

    /** Tokens of another issuer; Spring Boot makes the chain. */
    @Configuration(proxyBeanMethods = false)
    static class Jwt {

        /** Properties with which the roles in a token are authorities. */
        static final String[] ROLES_AS_AUTHORITIES = {
            "spring.security.oauth2.resourceserver.jwt.authorities-claim-name=roles",
            "spring.security.oauth2.resourceserver.jwt.authority-prefix="
        };

        private static final KeyPair KEYS = keys();

        private static KeyPair keys() {
            try {
                return KeyPairGenerator.getInstance("RSA").generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Bean
        JwtDecoder decoder() {
            return NimbusJwtDecoder.withPublicKey((RSAPublicKey) KEYS.getPublic())
                    .build();
        }

        /** Returns the header with a token as its issuer writes it. */
        static String[] token(String subject, Instant expiry, String... roles) {
            JwtClaimsSet.Builder claims =
                    JwtClaimsSet.builder().claim("roles", List.of(roles)).expiresAt(expiry);
            if (!subject.isEmpty()) {
                claims.subject(subject);
            }
            String token = NimbusJwtEncoder.withKeyPair(
                            (RSAPublicKey) KEYS.getPublic(), (RSAPrivateKey) KEYS.getPrivate())
                    .build()
                    .encode(JwtEncoderParameters.from(
                            JwsHeader.with(SignatureAlgorithm.RS256).build(), claims.build()))
                    .getTokenValue();
            return new String[] {"Authorization", "Bearer " + token};
        }
    }

    /** Programs have tokens, people have passwords. */
    @Configuration(proxyBeanMethods = false)
    static class JwtAndUsers extends Jwt {

        @Bean
        UserDetailsService users() {
            return new Users().users();
        }

        @Bean
        PasswordEncoder passwords() {
            return new Users().passwords();
        }
    }

    /** Opaque tokens, which only their issuer can read. */
    @Configuration(proxyBeanMethods = false)
    static class OpaqueTokens {

        @Bean
        OpaqueTokenIntrospector introspector() {
            return OpaqueTokens::introspect;
        }

        private static OAuth2AuthenticatedPrincipal introspect(String token) {
            if (!Arrays.asList("admin", "user").contains(token)) {
                throw new BadOpaqueTokenException("Unknown token");
            }
            return new DefaultOAuth2AuthenticatedPrincipal(
                    token,
                    Map.of("sub", token),
                    AuthorityUtils.createAuthorityList(token.equals("admin") ? "OUTBOX_ADMIN" : "OTHER"));
        }
    }

    /** A way to log in that only the application knows. It has no users. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class ApiKeys {

        @Bean
        SecurityFilterChain keys(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .csrf(AbstractHttpConfigurer::disable)
                    .addFilterBefore(new KeyFilter(), BasicAuthenticationFilter.class)
                    .build();
        }

        private static final class KeyFilter extends OncePerRequestFilter {

            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                String key = request.getHeader("X-Key");
                if (key != null) {
                    SecurityContext security = SecurityContextHolder.createEmptyContext();
                    security.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                            key,
                            null,
                            AuthorityUtils.createAuthorityList(key.equals("admin") ? "OUTBOX_ADMIN" : "OTHER")));
                    SecurityContextHolder.setContext(security);
                }
                chain.doFilter(request, response);
            }
        }
    }

    /** Each spelling of a path is accepted: any case, matrix parameters, double slashes. Everything is permitted. */
    @Configuration(proxyBeanMethods = false)
    static class LenientPaths extends EverythingPermitted implements WebMvcConfigurer {

        @Bean
        HttpFirewall firewall() {
            DefaultHttpFirewall lenient = new DefaultHttpFirewall();
            lenient.setAllowUrlEncodedSlash(true);
            return lenient;
        }

        @Override
        public void configurePathMatch(PathMatchConfigurer paths) {
            PathPatternParser parser = new PathPatternParser();
            parser.setCaseSensitive(false);
            paths.setPatternParser(parser);
        }
    }

    /** All controllers are below a path that no security configuration knows of. Everything is permitted. */
    @Configuration(proxyBeanMethods = false)
    static class PrefixedControllers extends EverythingPermitted implements WebMvcConfigurer {

        @Override
        public void configurePathMatch(PathMatchConfigurer paths) {
            paths.addPathPrefix("/v1", controller -> true);
        }
    }

    /** Each controller is behind a proxy, as with an aspect that measures them all. */
    @Configuration(proxyBeanMethods = false)
    static class InterceptedControllers extends Users {

        @Bean
        static DefaultAdvisorAutoProxyCreator proxies() {
            DefaultAdvisorAutoProxyCreator proxies = new DefaultAdvisorAutoProxyCreator();
            proxies.setProxyTargetClass(true);
            return proxies;
        }

        @Bean
        static DefaultPointcutAdvisor measured() {
            return new DefaultPointcutAdvisor(
                    AnnotationMatchingPointcut.forClassAnnotation(RestController.class), new SimpleTraceInterceptor());
        }
    }
}
