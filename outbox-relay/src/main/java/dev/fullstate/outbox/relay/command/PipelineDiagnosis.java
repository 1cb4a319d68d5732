package dev.fullstate.outbox.relay.command;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.autoconfigure.PipelineSettings;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * Looks at what only both sides together show: what belongs to the pipeline in Kafka, under a name that has the database's identifier in it, and
 * what a relay that starts now would do with the position there.
 */
final class PipelineDiagnosis {

    private static final String POSITION = "position";

    private PipelineDiagnosis() {}

    /**
     * Returns what was found.
     *
     * @param ready whether nothing else keeps a relay from working; otherwise the position is not looked at, nor is anything reported twice
     */
    static List<Diagnosis> of(PipelineSettings pipeline, Kafka.Connector connector, boolean ready) {
        List<Diagnosis> found = new ArrayList<>();
        try (WalSession session = WalSource.of(pipeline.wal()).open();
                Kafka kafka = connector.connect(pipeline.publisher().kafka())) {
            String id = session.pipeline();
            found.addAll(KafkaDiagnosis.of(
                    pipeline.publisher(), kafka, id, pipeline.router().chosenTopics()));
            if (ready) {
                boolean isHeld = session.slotStatus().map(SlotStatus::holder).isPresent();
                found.add(
                        isHeld
                                ? Diagnosis.ok(POSITION, "a relay publishes after it")
                                : compare(session, KafkaDiagnosis.position(pipeline.publisher(), kafka, id)));
            }
        } catch (RelayException e) {
            if (ready) {
                found.add(Diagnosis.error(POSITION, e));
            }
        }
        return found;
    }

    private static Diagnosis compare(WalSession session, @Nullable ResumePoint recorded) {
        Facts facts = session.subscribe().facts(recorded);
        Finding finding = History.judge(recorded, false, facts);
        Lsn acceptable = History.acceptable(finding, recorded, facts);
        String remedy = acceptable == null
                ? "None; the relay goes on by itself"
                : "None, if that is as it should be. Otherwise accept --position=" + acceptable
                        + " has a relay stream on from there, and count everything that was committed before as published";
        if (finding instanceof Resume resume && resume.point().fill() == null) {
            return Diagnosis.ok(
                    POSITION, "a relay goes on after " + resume.point().through());
        }
        if (finding instanceof Gap gap) {
            return Diagnosis.warning(
                    POSITION, "a relay would find in the table what Kafka lacks: " + gap.reason(), remedy);
        }
        String all = finding instanceof Resume
                ? "a relay goes on to publish rows of the table"
                : "a relay that starts for the first time publishes all rows of the table";
        return acceptable == null
                ? Diagnosis.ok(POSITION, all)
                : Diagnosis.warning(POSITION, all + ", although there is a slot", remedy);
    }
}
