package dev.fullstate.sample.orders;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.test.OutboxTestServices;

/**
 * Dev mode: the service and its relay with a PostgreSQL and a Kafka of their own, all in this JVM, and the reporting service in a second
 * one. All of it is empty at each start.
 */
final class DevOrderService {

    private DevOrderService() {}

    public static void main(String[] args) {
        ConfigurableApplicationContext context = SpringApplication.from(OrderServiceApplication::main)
                .with(OutboxTestServices.class, ReportingProcess.class)
                .withAdditionalProfiles("dev")
                .run(args)
                .getApplicationContext();
        if (becomesHealthy(context)) {
            System.out.println(whatToTry(context));
        }
    }

    /** Waits for the relay, which is healthy when it streams, and for the reports; in vain if the application is stopped first. */
    private static boolean becomesHealthy(ConfigurableApplicationContext context) {
        HealthEndpoint health = context.getBean(HealthEndpoint.class);
        ReportingProcess reporting = context.getBean(ReportingProcess.class);
        Awaitility.await()
                .forever()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .until(() ->
                        !context.isActive() || (isUp(health) && (reporting.isHealthy() || !reporting.isRunning())));
        return context.isActive();
    }

    private static boolean isUp(HealthEndpoint health) {
        return health.health().getStatus().equals(Status.UP);
    }

    private static String whatToTry(ConfigurableApplicationContext context) {
        return """

                Orders at http://localhost:%1$s, events at %2$s in topic outbox.event.order, tables at %3$s.
                Reports on them, by a process of its own, at %4$s.
                Ctrl-C ends all of it; the next start is empty again.

                Create an order:
                  curl -i http://localhost:%1$s/orders -H 'Content-Type: application/json' -d '{"customer":{"id":"c-1","name":"Ada","email":"ada@example.com"},"items":[{"productId":"p-1","quantity":2,"price":19.90}],"shippingAddress":"1 Main Street"}'
                Pay for it, with the orderId of the reply:
                  curl -i -X POST http://localhost:%1$s/orders/ORDER_ID/payment
                See what the reporting service makes of it:
                  curl %4$s/reports/revenue
                Empty its table, write the current state of all orders once more, and see that it is complete again:
                  curl -i -u admin:admin -X DELETE %4$s/reports
                  curl -i -u admin:admin http://localhost:%1$s/admin/republish -H 'Content-Type: application/json' -d '{"aggregateTypes":["order"]}'
                  curl %4$s/reports/revenue %4$s/reports/positions
                Read the events:
                  kcat -b %2$s -C -t outbox.event.order -f '%%h\\n%%k %%s\\n\\n'
                """.formatted(
                context.getEnvironment().getProperty("local.server.port"),
                String.join(",", context.getBean(KafkaConnectionDetails.class).getBootstrapServers()),
                context.getBean(JdbcConnectionDetails.class).getJdbcUrl(),
                context.getBean(ReportingProcess.class).url());
    }
}
