package dev.fullstate.sample.orders.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AccessPropertiesTest {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SecurityAutoConfiguration.class,
                    ServletWebSecurityAutoConfiguration.class,
                    ValidationAutoConfiguration.class))
            .withUserConfiguration(AccessConfiguration.class);

    @Test
    void withoutUsersNoLoginSucceeds() {
        runner.run(context -> {
            UserDetailsService users = context.getBean(UserDetailsService.class);
            assertThatThrownBy(() -> users.loadUserByUsername("user")).isInstanceOf(UsernameNotFoundException.class);
        });
    }

    /** Those of dev mode, whose passwords everybody knows, are among the tests. */
    @Test
    void serviceIsPackagedWithoutUsers() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("target", "classes"))) {
            List<Path> configurations = files.filter(file -> file.toString().matches(".*\\.(ya?ml|properties)"))
                    .toList();
            assertThat(configurations).isNotEmpty();
            for (Path file : configurations) {
                assertThat(file).content().doesNotContain("users:", "sample.users", "password", "{noop}");
            }
        }
    }

    @Test
    void configuredUserCanLogIn() {
        runner.withPropertyValues("sample.users[0].name=ada", "sample.users[0].password={noop}secret")
                .run(context -> assertThat(
                                context.getBean(UserDetailsService.class).loadUserByUsername("ada"))
                        .satisfies(user -> assertThat(user.getAuthorities()).isEmpty()));
    }

    @Test
    void passwordThatIsNotEncodedFailsTheStart() {
        runner.withPropertyValues("sample.users[0].name=ada", "sample.users[0].password=secret")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .hasStackTraceContaining("must name its encoder")
                        .hasStackTraceContaining("sample.users[0].password"));
    }
}
