package dev.fullstate.outbox.faults.point;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;

import dev.fullstate.outbox.relay.RelayApplication;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * Runs the relay with failure points, as a process of its own. The process takes commands, one a line, from the port that the system
 * property {@value #CONTROL} names: {@code arm <point> <failure> <skip>}, {@code disarm}, {@code start}. It connects before it starts the
 * relay, answers with the names of points that fail, and ends with the other side.
 */
public final class FaultyRelay {

    /** System property: the port of the harness. */
    public static final String CONTROL = "faults.control";

    private FaultyRelay() {}

    /**
     * Waits for the command to start, and runs the relay.
     *
     * @param arguments of the relay
     */
    public static void main(String... arguments) throws IOException {
        Socket control = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger(CONTROL));
        PrintWriter answers = new PrintWriter(control.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.UTF_8));
        FailurePoints points = new FailurePoints(answers::println);
        obeyUntilStart(commands, points);
        Thread obeying = new Thread(() -> obeyToTheEnd(commands, points), "faults-control");
        obeying.setDaemon(true);
        obeying.start();
        run(points, arguments);
    }

    private static void run(FailurePoints points, String... arguments) {
        FailingPorts ports = new FailingPorts(points);
        SpringApplication application = new SpringApplication(RelayApplication.class);
        application.setDefaultProperties(Map.of("spring.main.web-application-type", "none"));
        application.addInitializers(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return ports.around(mutated(bean));
            }
        }));
        application.run(arguments);
    }

    private static Object mutated(Object bean) {
        String name = System.getProperty(Mutant.PROPERTY);
        if (name == null) {
            return bean;
        }
        Mutant mutant = Mutant.valueOf(name);
        if (bean instanceof WalSource source) {
            return mutant.around(source);
        }
        return bean instanceof Kafka.Connector kafka ? mutant.around(kafka) : bean;
    }

    private static void obeyUntilStart(BufferedReader commands, FailurePoints points) throws IOException {
        for (String command = read(commands); !command.equals("start"); command = read(commands)) {
            obey(command, points);
        }
    }

    private static void obeyToTheEnd(BufferedReader commands, FailurePoints points) {
        try {
            while (true) {
                obey(read(commands), points);
            }
        } catch (IOException harnessIsGone) {
            Runtime.getRuntime().halt(1);
        }
    }

    private static String read(BufferedReader commands) throws IOException {
        String command = commands.readLine();
        if (command == null) {
            throw new IOException("The harness is gone");
        }
        return command;
    }

    private static void obey(String command, FailurePoints points) {
        String[] words = command.split(" ", -1);
        switch (words[0]) {
            case "arm" -> points.arm(words[1], Failure.valueOf(words[2]), Long.parseLong(words[3]));
            case "disarm" -> points.disarm();
            default -> throw new IllegalArgumentException("Unknown command: " + command);
        }
    }
}
