package dev.fullstate.outbox.relay.pipelines;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What each pipeline of a process has, in the order in which the pipelines are shown.
 *
 * @param byName by the name of the pipeline
 * @param areNamed false for the only pipeline of a process that has no {@code outbox.relay.pipelines}
 */
public record Pipelines<T>(Map<String, T> byName, boolean areNamed) {

    public Pipelines {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Returns the only pipeline of a process, which goes by the name of its slot. */
    public static <T> Pipelines<T> ofOne(String slotName, T only) {
        return new Pipelines<>(Map.of(slotName, only), false);
    }

    /** Returns the pipelines that are configured by their names, of which there may be one or none. */
    public static <T> Pipelines<T> ofNamed(Map<String, T> byName) {
        return new Pipelines<>(byName, true);
    }

    /** Returns what the function makes of each, one after the other. */
    public <R> Pipelines<R> map(Function<? super T, ? extends R> function) {
        Map<String, R> made = new LinkedHashMap<>();
        byName.forEach((name, each) -> made.put(name, function.apply(each)));
        return new Pipelines<>(made, areNamed);
    }

    /** Returns the answers of all to a question. All are asked at the same time, so that none waits for the time-out of another. */
    public <R> Pipelines<R> ask(Function<? super T, ? extends R> question) {
        Pipelines<CompletableFuture<R>> answers =
                map(each -> CompletableFuture.supplyAsync(() -> question.apply(each), Pipelines::start));
        return answers.map(CompletableFuture::join);
    }

    private static void start(Runnable question) {
        Thread thread = new Thread(question, "outbox-relay-question");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns that of the pipeline with the name. */
    public Optional<T> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Returns the names of all, as a sentence lists them. */
    public String names() {
        return String.join(", ", byName.keySet());
    }
}
