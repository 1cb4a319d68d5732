package dev.fullstate.sample.orders;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** Both samples as in dev mode, once for all tests, but on free ports and with several partitions. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WholeService
@Import({ReportingProcess.class, Report.class})
@TestPropertySource(properties = "outbox.relay.topic-partitions=3")
public @interface SampleServices {}
