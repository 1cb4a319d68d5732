package dev.fullstate.sample.reporting.intake;

import java.time.Duration;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer.HeaderNames.HeadersToAdd;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Handles a record that cannot be applied. If the record itself is faulty, it goes to the dead letters, and the consumer goes on with the
 * next one. Any other failure, above all a database that is down, would also hit the next record: the consumer waits and tries the same
 * one again, for ever.
 */
@Configuration(proxyBeanMethods = false)
class FailureConfiguration {

    /** The default topic of Spring Kafka. */
    static final String DEAD_LETTERS = OrderEventListener.TOPIC + "-dlt";

    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    /** Far below {@code max.poll.interval.ms}, so that the consumer stays in its group. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    private static final Duration KEPT = Duration.ofDays(30);

    @Bean
    NewTopic deadLetterTopic() {
        return TopicBuilder.name(DEAD_LETTERS)
                .partitions(1)
                .config(TopicConfig.RETENTION_MS_CONFIG, Long.toString(KEPT.toMillis()))
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "2097152")
                .build();
    }

    @Bean
    DefaultErrorHandler failures(KafkaOperations<?, ?> kafka) {
        DeadLetterPublishingRecoverer deadLetters = new DeadLetterPublishingRecoverer(kafka);
        // Larger than most orders, and no information about the record.
        deadLetters.excludeHeader(HeadersToAdd.EX_STACKTRACE);
        ExponentialBackOff delays = new ExponentialBackOff(FIRST_DELAY.toMillis(), 2);
        delays.setMaxInterval(LONGEST_DELAY.toMillis());
        DefaultErrorHandler failures = new DefaultErrorHandler(deadLetters, delays);
        // The second is for values that the table cannot hold, such as a text with a NUL.
        failures.addNotRetryableExceptions(UnreadableEventException.class, DataIntegrityViolationException.class);
        failures.setRetryListeners(new FailureLog());
        failures.setLogLevel(KafkaException.Level.DEBUG);
        return failures;
    }
}
