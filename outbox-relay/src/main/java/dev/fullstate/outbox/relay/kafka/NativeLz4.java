package dev.fullstate.outbox.relay.kafka;

import java.util.Map;

import net.jpountz.util.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library of lz4-java, with which lz4 takes a fraction of the processor time that it takes in Java. Kafka's clients ask for {@code
 * LZ4Factory.fastestInstance()}, and lz4-java loads its library there only if the JVM's own class loader has loaded lz4-java. In an executable
 * jar, Spring Boot's class loader has; but a library that is loaded already is used there too.
 */
final class NativeLz4 {

    private static final Logger log = LoggerFactory.getLogger(NativeLz4.class);

    /** One attempt for all relays and connections: a library belongs to the class loader of lz4-java's classes, as its own state does. */
    private static final class Attempt {

        static final boolean LOADED = load();
    }

    private NativeLz4() {}

    /** Loads the library, if a producer with these properties would use it, and returns whether it does. */
    static boolean loadFor(Map<String, Object> producer) {
        return ClientProperties.compression(producer).equals("lz4") && Attempt.LOADED;
    }

    private static boolean load() {
        try {
            Native.load();
            return true;
        } catch (LinkageError | UnsupportedOperationException e) {
            // No library for this platform, or none that may be written and loaded here; Kafka's clients go on without.
            log.info(
                    "Events are compressed in Java, which takes more processor time, because lz4's native library could not be loaded from {}: {}",
                    System.getProperty("java.io.tmpdir"),
                    e.toString());
            return false;
        }
    }
}
