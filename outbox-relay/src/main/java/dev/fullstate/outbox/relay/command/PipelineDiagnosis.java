package dev.fullstate.outbox.relay.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.autoconfigure.PipelineSettings;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis.Recorded;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * Looks at what only both sides together show: what belongs to the pipeline in Kafka, under a name that has the database's identifier in it, and
 * what a relay that starts now would do with the position there.
 */
final class PipelineDiagnosis {

    private static final String POSITION = "position";

    private final PipelineSettings pipeline;
    private final WalSession session;
    private final Kafka kafka;
    private final List<Diagnosis> found;

    private PipelineDiagnosis(PipelineSettings pipeline, WalSession session, Kafka kafka, List<Diagnosis> found) {
        this.pipeline = pipeline;
        this.session = session;
        this.kafka = kafka;
        this.found = found;
    }

    /**
     * Returns what was found.
     *
     * @param before what was found of each side; after an error the position is not compared, and nothing is reported twice
     */
    static List<Diagnosis> of(PipelineSettings pipeline, Kafka.Connector connector, List<Diagnosis> before) {
        List<Diagnosis> found = new ArrayList<>();
        try (WalSession session = WalSource.of(pipeline.wal()).open();
                Kafka kafka = connector.connect(pipeline.publisher().kafka())) {
            new PipelineDiagnosis(pipeline, session, kafka, found).run(!Diagnosis.isAnyError(before));
        } catch (RelayException e) {
            if (before.stream().noneMatch(each -> each.message().equals(e.getMessage()))) {
                found.add(Diagnosis.error("pipeline", e));
            }
        }
        return found;
    }

    private void run(boolean ready) {
        String id = session.pipeline();
        Recorded recorded = recorded(id);
        found.addAll(KafkaDiagnosis.of(
                pipeline.publisher(),
                kafka,
                id,
                pipeline.router().chosenTopics(),
                recorded == null ? Set.of() : recorded.topics()));
        if (ready && recorded != null && !Diagnosis.isAnyError(found)) {
            try {
                found.add(compare(recorded));
            } catch (RelayException e) {
                found.add(Diagnosis.error(POSITION, e));
            }
        }
    }

    private @Nullable Recorded recorded(String id) {
        try {
            return KafkaDiagnosis.recorded(pipeline.publisher(), kafka, id);
        } catch (RelayException e) {
            found.add(Diagnosis.error(POSITION, e));
            return null;
        }
    }

    private Diagnosis compare(Recorded recorded) {
        Diagnosis held = Diagnosis.ok(POSITION, "a relay publishes after it");
        if (isHeld()) {
            return held;
        }
        Subscription subscription = session.subscribe();
        Facts facts = subscription.facts(recorded.point());
        Finding finding = History.judge(recorded.point(), recorded.isAnyDealtWith(), facts);
        Lsn acceptable = subscription.parkingTables().obstacleToAccepting() == null
                ? History.acceptable(finding, recorded.point(), facts)
                : null;
        // A relay may have begun while this looked, and moved one of the two.
        return isHeld() ? held : describe(finding, acceptable);
    }

    private boolean isHeld() {
        return session.slotStatus().map(SlotStatus::holder).isPresent();
    }

    private static Diagnosis describe(Finding finding, @Nullable Lsn acceptable) {
        String remedy = acceptable == null
                ? "None; the relay goes on by itself"
                : "None, if that is as it should be. Otherwise accept --position=" + acceptable
                        + " has a relay stream on from there, and count everything that was committed before as published";
        if (finding instanceof Gap gap) {
            return Diagnosis.warning(
                    POSITION, "a relay would find in the table what Kafka lacks: " + gap.reason(), remedy);
        }
        if (finding instanceof Resume resume) {
            return resume.point().fill() == null
                    ? Diagnosis.ok(
                            POSITION, "a relay goes on after " + resume.point().through())
                    : new Diagnosis(
                            Level.OK,
                            POSITION,
                            "a relay goes on to publish rows of the table, which another one has begun",
                            remedy);
        }
        String all = "a relay that starts for the first time publishes all rows of the table";
        return acceptable == null
                ? Diagnosis.ok(POSITION, all)
                : Diagnosis.warning(POSITION, all + ", although there is a slot", remedy);
    }
}
