package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Looks topics up as the relay does, for tests of other packages. */
public final class TopicLookups {

    private TopicLookups() {}

    /** Returns the topic as brokers describe it to clients; null if they do not know it. */
    public static @Nullable KafkaTopic find(Admin admin, String name) {
        return TopicLookup.of(admin, Duration.ofSeconds(10), Set.of(name))
                .join()
                .get(name);
    }
}
