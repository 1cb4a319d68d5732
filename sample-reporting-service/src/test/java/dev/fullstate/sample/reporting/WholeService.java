package dev.fullstate.sample.reporting;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;

import dev.fullstate.outbox.test.OutboxTestServices;

/** The whole service as in dev mode, once for all tests, on free ports and with servers of its own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = {ReportingServiceApplication.class, OutboxTestServices.class, OrderEvents.class, ReportsApi.class},
        webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("dev")
public @interface WholeService {}
