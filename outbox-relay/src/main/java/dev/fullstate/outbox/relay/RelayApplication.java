package dev.fullstate.outbox.relay;

import java.util.Map;
import java.util.function.IntConsumer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;

/**
 * The relay as a process of its own: the executable jar. Takes the same configuration as inside a service
 * ({@code spring.datasource.*}, {@code spring.kafka.*}, {@code outbox.relay.*}); has no web server unless {@code server.port} or
 * {@code spring.main.web-application-type} asks for one, to show its health and its meters. The process exits with {@value #BROKEN} if the
 * relay's thread dies, or those of all pipelines where there are several.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class RelayApplication {

    private static final int BROKEN = 1;

    public static void main(String... args) {
        application(System::exit).run(args);
    }

    static SpringApplication application(IntConsumer exit) {
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.setDefaultProperties(Map.of(
                "spring.application.name",
                "outbox-relay",
                // In this process only the relay can be ready, and if it is switched off nothing has to be.
                "management.endpoint.health.group.readiness.include",
                "readinessState,outboxRelay",
                "management.endpoint.health.validate-group-membership",
                "false",
                // Its web server, if it has one, is for these two.
                "management.endpoints.web.exposure.include",
                "health,prometheus"));
        application.addListeners(new WebServerWithAPort(), new ExitWhenBroken(exit));
        return application;
    }

    /** Boot binds {@code spring.main.*} after this, so the type that is set there prevails. */
    private record WebServerWithAPort() implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            // Kubernetes gives each process the addresses of its services: that of one with the name "server" is no
            // port.
            String port = event.getEnvironment().getProperty("server.port", "");
            boolean isPort = port.matches("[0-9]+");
            event.getSpringApplication()
                    .setWebApplicationType(isPort ? WebApplicationType.SERVLET : WebApplicationType.NONE);
        }
    }

    /** Exits on another thread, because an exit waits for the relay's. */
    private record ExitWhenBroken(IntConsumer exit)
            implements ApplicationListener<AvailabilityChangeEvent<LivenessState>> {

        @Override
        public void onApplicationEvent(AvailabilityChangeEvent<LivenessState> event) {
            if (event.getState() == LivenessState.BROKEN) {
                new Thread(() -> exit.accept(BROKEN), "outbox-relay-exit").start();
            }
        }
    }
}
