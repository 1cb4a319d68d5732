package dev.fullstate.outbox.admin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.autoconfigure.AdminAutoConfiguration;
import dev.fullstate.outbox.republish.Republisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class AdminWithoutSpringSecurityTest {

    private static final String WARNING = "/admin/republish is open to everyone";

    private final WebApplicationContextRunner withSecurity = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AdminAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=*")
            .withBean(Republisher.class, () -> mock(Republisher.class));
    private final WebApplicationContextRunner without =
            withSecurity.withClassLoader(new FilteredClassLoader("org.springframework.security"));

    @Test
    void endpointDoesNotExistByDefault(CapturedOutput output) {
        without.run(context -> assertThat(context)
                .doesNotHaveBean(RepublishController.class)
                .doesNotHaveBean(RepublishEndpoint.class));
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void endpointIsOpenIfThePropertyAllowsIt() {
        without.withPropertyValues("outbox.admin.allow-unauthenticated=true").run(context -> {
            assertThat(context).hasSingleBean(RepublishController.class).hasSingleBean(RepublishEndpoint.class);
            assertThat(context.getBean(AdminAccess.class).requireAdmin()).isEqualTo("anonymous");
        });
    }

    @Test
    void everyStartWarnsOfTheOpenEndpointEvenWithLazyBeans(CapturedOutput output) {
        for (int start = 1; start <= 2; start++) {
            without.withPropertyValues("outbox.admin.allow-unauthenticated=true")
                    .withInitializer(context ->
                            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                    .run(context -> assertThat(context).hasNotFailed());
            assertThat(output.getOut().split(WARNING, -1)).hasSize(start + 1);
        }
    }

    @Test
    void withSpringSecurityThePropertyIsIgnoredAndTheStartLogsIt(CapturedOutput output) {
        withSecurity
                .withPropertyValues("outbox.admin.allow-unauthenticated=true")
                .run(context -> assertThat(context).hasSingleBean(RepublishController.class));
        assertThat(output)
                .contains("outbox.admin.allow-unauthenticated is ignored, because Spring Security is present")
                .doesNotContain(WARNING);
    }
}
