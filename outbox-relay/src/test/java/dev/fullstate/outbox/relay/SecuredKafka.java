package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

import dev.fullstate.outbox.harness.server.Ports;
import dev.fullstate.outbox.test.KafkaServer;

/**
 * A broker with Kafka's own authorizer, and three doors: with TLS and SCRAM, with TLS and a client's certificate, and with neither, where
 * everything is allowed, for the test.
 */
final class SecuredKafka implements AutoCloseable {

    static final String MECHANISM = "SCRAM-SHA-256";

    private static final String HOST = "127.0.0.1";
    private static final String LOGIN_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    private static final int FEWEST_ITERATIONS = 4096;

    private final Certificates certificates;
    private final KafkaServer server;
    private final Admin admin;
    private final int scramPort;
    private final int certificatePort;

    private SecuredKafka(Certificates certificates, KafkaServer server, int scramPort, int certificatePort) {
        this.certificates = certificates;
        this.server = server;
        this.admin = Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()));
        this.scramPort = scramPort;
        this.certificatePort = certificatePort;
    }

    static SecuredKafka start(Path folder) throws IOException {
        Certificates certificates = Certificates.in(folder);
        Path keyStore = certificates.sign("broker", "ip:" + HOST);
        int openPort = Ports.free();
        int scramPort = Ports.free();
        int certificatePort = Ports.free();
        int controllerPort = Ports.free();
        String doors = "PLAINTEXT://%1$s:%2$d,SASL_SSL://%1$s:%3$d,SSL://%1$s:%4$d"
                .formatted(HOST, openPort, scramPort, certificatePort);
        Map<String, String> settings = new HashMap<>();
        settings.put("listeners", doors + ",CONTROLLER://" + HOST + ":" + controllerPort);
        settings.put("advertised.listeners", doors);
        settings.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        settings.put(
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL");
        settings.put("sasl.enabled.mechanisms", MECHANISM);
        settings.put("listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config", LOGIN_MODULE + ";");
        // Otherwise a connection outlives its password.
        settings.put("listener.name.sasl_ssl.scram-sha-256.connections.max.reauth.ms", "3000");
        settings.put("listener.name.ssl.ssl.client.auth", "required");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", keyStore.toString());
        settings.put("ssl.keystore.password", Certificates.PASSWORD);
        settings.put("ssl.truststore.type", "PKCS12");
        settings.put("ssl.truststore.location", certificates.trustStore().toString());
        settings.put("ssl.truststore.password", Certificates.PASSWORD);
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        return new SecuredKafka(certificates, KafkaServer.start(openPort, settings), scramPort, certificatePort);
    }

    Certificates certificates() {
        return certificates;
    }

    /** Returns the address of the door where everything is allowed. */
    String open() {
        return server.bootstrapServers();
    }

    /** Returns the address of the door with TLS and SCRAM. */
    String withScram() {
        return HOST + ":" + scramPort;
    }

    /** Returns the address of the door with TLS and a client's certificate. */
    String withCertificate() {
        return HOST + ":" + certificatePort;
    }

    static String jaas(String user, String password) {
        return LOGIN_MODULE + " username=\"%s\" password=\"%s\";".formatted(user, password);
    }

    /** Returns what a client needs for the door with TLS and SCRAM. */
    Map<String, Object> client(String user, String password) throws IOException {
        return Map.of(
                "bootstrap.servers",
                withScram(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                MECHANISM,
                "sasl.jaas.config",
                jaas(user, password),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                certificates.trustStore().toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD);
    }

    /** Gives a user a password, also instead of one that the user has. */
    void setPassword(String user, String password) {
        await(admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, FEWEST_ITERATIONS), password)))
                .all());
    }

    /** Allows everything to a principal that a relay may do. */
    void allowAll(String principal) {
        allow(principal, ResourceType.TOPIC, AclOperation.ALL);
        allow(principal, ResourceType.TRANSACTIONAL_ID, AclOperation.ALL);
    }

    private void allow(String principal, ResourceType type, AclOperation operation) {
        allow(new AclBinding(
                new ResourcePattern(type, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL),
                entry(principal, operation)));
    }

    static AccessControlEntry entry(String principal, AclOperation operation) {
        return new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW);
    }

    void allow(AclBinding right) {
        await(admin.createAcls(List.of(right)).all());
    }

    void takeAway(AclBinding right) {
        await(admin.deleteAcls(List.of(right.toFilter())).all());
    }

    Admin admin() {
        return admin;
    }

    static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(2, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("Kafka refuses, or does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }
}
