package dev.fullstate.outbox.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

import dev.fullstate.outbox.test.KafkaServer;

import static org.awaitility.Awaitility.await;

/** A broker that checks rights, of which the relay's user has all, but for topics to which a test denies it access. */
final class RefusingTopics implements AutoCloseable {

    /** The right without which a topic takes no events. */
    enum Refusal {
        /** The topic is there, and may be read. */
        WRITE(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS),
        /** The topic is there, and does not show itself. */
        EVERYTHING,
        /** The topic is not there. */
        CREATE;

        @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
        private final List<AclOperation> allowed;

        Refusal(AclOperation... allowed) {
            this.allowed = List.of(allowed);
        }
    }

    private final KafkaServer kafka;
    private final Admin admin;

    private RefusingTopics(KafkaServer kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    static RefusingTopics start() {
        return new RefusingTopics(KafkaServer.start(
                0,
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true")));
    }

    KafkaServer kafka() {
        return kafka;
    }

    void create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                .all()
                .get();
    }

    void refuse(String topic, Refusal refusal) throws Exception {
        List<AclBinding> rights = new ArrayList<>();
        // Somebody has a right, and so nobody else has one.
        rights.add(right(topic, "User:somebody", AclOperation.READ));
        refusal.allowed.forEach(operation -> rights.add(right(topic, "User:ANONYMOUS", operation)));
        admin.createAcls(rights).all().get();
        awaitRights(topic, rights.size());
    }

    private static AclBinding right(String topic, String user, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry(user, "*", operation, AclPermissionType.ALLOW));
    }

    void allow(String topic) throws Exception {
        admin.deleteAcls(List.of(of(topic))).all().get();
        awaitRights(topic, 0);
    }

    private static AclBindingFilter of(String topic) {
        return new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.TOPIC, topic, PatternType.LITERAL),
                AccessControlEntryFilter.ANY);
    }

    /** The authorizer learns of a change from the log of the controller. */
    private void awaitRights(String topic, int count) {
        await().until(() -> admin.describeAcls(of(topic)).values().get().size() == count);
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
