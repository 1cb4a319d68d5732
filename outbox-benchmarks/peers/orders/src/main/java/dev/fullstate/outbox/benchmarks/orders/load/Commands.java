package dev.fullstate.outbox.benchmarks.orders.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.benchmarks.orders.arrival.Arrivals;
import dev.fullstate.outbox.benchmarks.orders.order.OrderTables;
import dev.fullstate.outbox.benchmarks.orders.order.Orders;
import dev.fullstate.outbox.benchmarks.orders.statement.StatementCounter;

/**
 * Reads commands, one per line, and answers each with one line of JSON.
 *
 * <pre>
 * saturate &lt;seconds&gt; &lt;threads&gt; &lt;maxOutstanding&gt;
 * rate &lt;perSecond&gt; &lt;seconds&gt;
 * capture &lt;operation&gt; &lt;threads&gt; &lt;seconds&gt;
 * statements &lt;operation&gt; &lt;count&gt;
 * export &lt;pageSize&gt;
 * republish
 * republish-heap
 * rate-beside &lt;perSecond&gt; &lt;seconds&gt; &lt;republishedPerSecond&gt;
 * settings
 * quit
 * </pre>
 *
 * <p>An operation is {@code insert}, {@code update-root} or {@code update-part}. A measurement over seconds has a warm-up of half as many
 * before. {@code capture} and {@code statements} leave events behind that they do not wait for; an application that has run one of them
 * cannot be used for {@code saturate} and the rates. A command that fails ends the application.
 */
@Component
@EnableConfigurationProperties(BenchmarkProperties.class)
public final class Commands {

    private static final String READY = "READY";
    private static final String RESULT = "RESULT ";

    private final BenchmarkProperties properties;
    private final ConfigurableEnvironment environment;
    private final OrderTables tables;
    private final Orders orders;
    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final ObjectProvider<StatementCounter> counter;
    private final ObjectProvider<Republishing> republishing;

    Commands(
            BenchmarkProperties properties,
            ConfigurableEnvironment environment,
            OrderTables tables,
            Orders orders,
            JdbcClient jdbc,
            JsonMapper json,
            ObjectProvider<StatementCounter> counter,
            ObjectProvider<Republishing> republishing) {
        this.properties = properties;
        this.environment = environment;
        this.tables = tables;
        this.orders = orders;
        this.jdbc = jdbc;
        this.json = json;
        this.counter = counter;
        this.republishing = republishing;
    }

    /** Creates the orders, says that it is ready, and answers commands until {@code quit} or the end of the input. */
    public void answer(InputStream in, PrintStream out) throws IOException, InterruptedException, ExecutionException {
        tables.fill(properties.orders());
        try (Arrivals arrivals = arrivals()) {
            Delivery delivery = new Delivery(orders, properties.orders(), arrivals);
            out.println(READY);
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line; (line = lines.readLine()) != null && !line.equals("quit"); ) {
                out.println(RESULT + json.writeValueAsString(answer(line.split(" "), delivery, arrivals)));
            }
        }
    }

    private @Nullable Arrivals arrivals() {
        return properties.arrivalsExpected()
                ? new Arrivals(environment.getRequiredProperty("spring.kafka.bootstrap-servers"), properties.topic())
                : null;
    }

    private Map<String, ?> answer(String[] words, Delivery delivery, @Nullable Arrivals arrivals)
            throws InterruptedException, ExecutionException {
        return switch (words[0]) {
            case "saturate" ->
                delivery.saturate(seconds(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "rate" -> delivery.rate(Integer.parseInt(words[1]), seconds(words[2]));
            case "capture" ->
                new CaptureLoad(orders, properties.orders(), jdbc)
                        .run(Operation.of(words[1]), Integer.parseInt(words[2]), seconds(words[3]));
            case "statements" ->
                new StatementLoad(orders, properties.orders(), counter.getObject())
                        .run(Operation.of(words[1]), Integer.parseInt(words[2]));
            case "export" -> new ExportLoad(orders, json).run(Integer.parseInt(words[1]));
            case "republish" -> republish(arrivals).run();
            case "republish-heap" -> republish(arrivals).runWithHeap();
            case "rate-beside" ->
                republish(arrivals)
                        .beside(
                                () -> delivery.rate(Integer.parseInt(words[1]), seconds(words[2])),
                                Integer.parseInt(words[3]));
            case "settings" -> Settings.of(environment);
            default -> throw new IllegalArgumentException("Unknown command: " + String.join(" ", words));
        };
    }

    private RepublishLoad republish(@Nullable Arrivals arrivals) {
        return new RepublishLoad(republishing.getObject(), arrivals);
    }

    private static Duration seconds(String word) {
        return Duration.ofSeconds(Long.parseLong(word));
    }
}
