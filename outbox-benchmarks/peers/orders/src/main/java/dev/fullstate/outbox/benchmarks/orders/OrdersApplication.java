package dev.fullstate.outbox.benchmarks.orders;

import java.io.IOException;
import java.util.concurrent.ExecutionException;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.benchmarks.orders.load.Commands;

/** The main class of every order application; the applications differ in the rest of their class paths. */
@SpringBootApplication
public class OrdersApplication {

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        try (ConfigurableApplicationContext context = SpringApplication.run(OrdersApplication.class, arguments)) {
            context.getBean(Commands.class).answer(System.in, System.out);
        }
    }
}
