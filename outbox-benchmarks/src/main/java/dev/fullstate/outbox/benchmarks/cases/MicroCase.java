package dev.fullstate.outbox.benchmarks.cases;

import java.util.List;

import dev.fullstate.outbox.benchmarks.micro.Micro;
import dev.fullstate.outbox.benchmarks.report.Figure;

/** Measures single steps of our own, without a server; JMH has its own rounds. */
public record MicroCase() implements Case {

    @Override
    public String name() {
        return Micro.CASE;
    }

    @Override
    public boolean needsWarmBroker() {
        return false;
    }

    @Override
    public List<Figure> run(Bench bench) {
        return Micro.run();
    }
}
