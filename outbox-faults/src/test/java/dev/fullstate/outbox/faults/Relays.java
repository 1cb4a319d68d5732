package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/** Several relays of one outbox, each with a link of its own to PostgreSQL: one streams, the others stand by. */
final class Relays implements AutoCloseable {

    private static final int ON_ITS_WAY = 100;

    private final Scenario scenario;
    private final Map<String, String> properties;
    private final List<Member> members = new ArrayList<>();
    private int startedCount;

    /** The faults that end a leader's work. */
    enum Fault {
        /** kill -9. */
        KILLED,
        /** SIGTERM. */
        TERMINATED,
        /** SIGSTOP. */
        STOPPED,
        /** The network to PostgreSQL swallows everything. */
        CUT_OFF
    }

    private record Member(RelayProcess process, Link link) {

        boolean is(String state) {
            return process.isAlive() && process.state().equals(state);
        }
    }

    private Relays(Scenario scenario, Map<String, String> properties) {
        this.scenario = scenario;
        this.properties = properties;
    }

    /** Starts one relay, and then all others; returns when one streams and the others stand by. */
    static Relays start(Scenario scenario, int count, Map<String, String> properties) {
        Relays relays = new Relays(scenario, properties);
        for (int i = 0; i < count; i++) {
            relays.members.add(relays.prepare());
        }
        relays.members.forEach(member -> member.process.control().start());
        scenario.patience().until("one streams", () -> relays.count("STREAMING") == 1);
        scenario.patience().until("the others stand by", () -> relays.count("STANDBY") == count - 1);
        return relays;
    }

    private Member prepare() {
        Link link = Link.to(
                "postgres-" + startedCount, scenario.outbox.database().server().port());
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.put("spring.datasource.url", scenario.outbox.urlThrough(link));
        String name = "relay-" + scenario.outbox.name() + "-" + startedCount++;
        return new Member(RelayProcess.prepareAs(name, scenario.outbox, Servers.BROKER, all), link);
    }

    /** Adds a stand-by. */
    void add() {
        Member added = prepare();
        members.add(added);
        added.process.control().start();
        awaitStandby();
    }

    void awaitStandby() {
        scenario.patience().until("another one stands by", () -> count("STANDBY") > 0);
    }

    private long count(String state) {
        return members.stream().filter(member -> member.is(state)).count();
    }

    private Member leader() {
        return members.stream()
                .filter(member -> member.is("STREAMING"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No relay streams"));
    }

    RelayProcess leadingProcess() {
        return leader().process;
    }

    /**
     * Ends the leader's work while events are on their way.
     *
     * @return the time until consumers could read all events committed before and right after; a relay that is asked to end may publish
     *     those itself, so then it is the time until they could read an event committed when it no longer had the slot
     */
    Duration takeOver(Fault fault) throws SQLException {
        Member leader = leader();
        String walSender = scenario.walSender();
        scenario.workload.allow(ON_ITS_WAY);
        long began = System.nanoTime();
        switch (fault) {
            case KILLED -> leader.process.kill();
            case TERMINATED -> {
                leader.process.terminate();
                scenario.patience().until("it lets the slot go", () -> !isHeldThrough(walSender));
            }
            case STOPPED -> leader.process.pause();
            case CUT_OFF -> leader.link.blackHole();
        }
        scenario.workload.commit(1);
        scenario.awaitAllPublished();
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        switch (fault) {
            case KILLED, TERMINATED -> {
                leader.process.close();
                leader.link.close();
                members.remove(leader);
            }
            case STOPPED -> leader.process.resume();
            case CUT_OFF -> leader.link.heal();
        }
        // The former leader believes that it leads until it has noticed that it has lost the slot.
        scenario.patience().until("one of them leads", () -> count("STREAMING") == 1);
        return time;
    }

    private boolean isHeldThrough(String walSender) throws SQLException {
        return scenario.outbox.query("select 1 from pg_replication_slots where slot_name = '" + scenario.outbox.name()
                        + "' and active_pid = " + walSender)
                != null;
    }

    @Override
    public void close() {
        for (Member member : members) {
            member.process.close();
            member.link.close();
        }
    }
}
