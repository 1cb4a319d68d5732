package dev.fullstate.sample.orders;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;

import dev.fullstate.outbox.test.OutboxTestServices;

/** The whole service as in dev mode, once for all tests, but on free ports. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"outbox.test.postgres.port=0", "outbox.test.kafka.port=0", "outbox.retention.check-interval=200ms"
        })
@ActiveProfiles("dev")
@Import({OutboxTestServices.class, OrdersApi.class})
public @interface WholeService {}
