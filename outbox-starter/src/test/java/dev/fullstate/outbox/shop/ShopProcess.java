package dev.fullstate.outbox.shop;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringApplication;

import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.test.PostgresServer;

/** The shop as a process of its own, on a database that exists already. It can be killed, and made to stand still. */
public final class ShopProcess implements AutoCloseable {

    private final ChildJvm jvm;

    private ShopProcess(ChildJvm jvm) {
        this.jvm = jvm;
    }

    /**
     * Starts the process.
     *
     * @param name of its log, and of its connections as the database shows them
     */
    public static ShopProcess start(String name, PostgresServer postgres, String database, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.datasource.url=" + postgres.jdbcUrl(database),
                "--spring.datasource.username=" + postgres.username(),
                "--spring.datasource.password=" + postgres.password(),
                "--spring.datasource.hikari.data-source-properties.ApplicationName=" + name,
                "--spring.application.name=shop",
                "--spring.main.web-application-type=none",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        return new ShopProcess(ChildJvm.start(name, List.of(), ShopProcess.class, arguments));
    }

    /** Runs until the other end of its input is closed, or the process is killed. */
    public static void main(String[] arguments) throws IOException {
        SpringApplication.run(ShopApplication.Configuration.class, arguments);
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    /** Sends SIGKILL; returns when the process has ended. */
    public void kill() {
        jvm.kill();
    }

    /** Sends SIGSTOP: the process stands still with all its connections, as a host does that has lost its network. */
    public void standStill() {
        jvm.pause();
    }

    /** Sends SIGCONT. */
    public void goOn() {
        jvm.resume();
    }

    @Override
    public void close() {
        kill();
    }
}
