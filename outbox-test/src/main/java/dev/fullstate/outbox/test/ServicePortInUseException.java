package dev.fullstate.outbox.test;

/**
 * Another process listens on the port that a test service is to use. The port is checked before the service starts, because
 * PostgreSQL and Kafka report it late and only in their own logs.
 */
public final class ServicePortInUseException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String service;
    private final int port;
    private final String property;

    ServicePortInUseException(String service, int port, String property, Throwable cause) {
        super(
                "%s cannot listen on 127.0.0.1:%d: the port is in use. Stop the process that uses it or choose another port with the property %s"
                        .formatted(service, port, property),
                cause);
        this.service = service;
        this.port = port;
        this.property = property;
    }

    /** {@return the service that did not start, such as {@code PostgreSQL}} */
    public String service() {
        return service;
    }

    /** {@return the port in use} */
    public int port() {
        return port;
    }

    /** {@return the property of {@link OutboxTestServices} that sets the port} */
    public String property() {
        return property;
    }
}
