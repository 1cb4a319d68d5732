package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import dev.fullstate.outbox.test.PostgresServer;

/** A server with TLS, whose certificate is valid for 127.0.0.1, as far as its {@code pg_hba.conf} asks for it. */
final class SecuredPostgres implements AutoCloseable {

    private final Certificates certificates;
    private final PostgresServer server;

    private SecuredPostgres(Certificates certificates, PostgresServer server) {
        this.certificates = certificates;
        this.server = server;
    }

    static SecuredPostgres start(Path folder) throws IOException, SQLException {
        Certificates certificates = Certificates.in(folder);
        certificates.sign("server", "ip:127.0.0.1");
        SecuredPostgres secured = new SecuredPostgres(certificates, PostgresServer.start());
        secured.place(certificates.certificate("server"), "server.crt");
        secured.place(certificates.key("server"), "server.key");
        secured.place(certificates.authority(), "root.crt");
        try (Connection connection = secured.server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set ssl_ca_file = 'root.crt'");
            statement.execute("alter system set ssl = on");
            statement.execute("select pg_reload_conf()");
        }
        return secured;
    }

    /** The server reads a key only if it is its own, and nobody else's to read. */
    private void place(Path file, String name) throws IOException {
        Path placed = Files.copy(file, server.dataFolder().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(placed, PosixFilePermissions.fromString("rw-------"));
        Files.setOwner(placed, Files.getOwner(server.dataFolder()));
    }

    /** Puts lines before those of {@code pg_hba.conf}, the first of which that fits counts. */
    void admit(String... lines) throws IOException, SQLException {
        Path rules = server.dataFolder().resolve("pg_hba.conf");
        Files.writeString(rules, String.join("\n", lines) + "\n" + Files.readString(rules));
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_reload_conf()");
        }
    }

    Certificates certificates() {
        return certificates;
    }

    PostgresServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
