package dev.fullstate.outbox.aggregate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.assertj.core.api.AbstractThrowableAssert;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.TenantSchemaMapper;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.jdbc.connections.spi.AbstractMultiTenantConnectionProvider;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.PublishFullState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Mappings that cannot be captured are refused, with the change that helps; most of them without a database. */
class RefusedMappingsTest {

    @Entity
    @PublishFullState
    static class Plain {
        @Id
        String id;

        @Version
        int version;
    }

    private static Aggregates resolve(Map<String, Object> settings, Class<?>... entities) {
        Configuration configuration = new Configuration()
                .setProperty(JdbcSettings.DIALECT, PostgreSQLDialect.class.getName())
                .setProperty(JdbcSettings.ALLOW_METADATA_ON_BOOT, "false");
        settings.forEach((name, value) -> configuration.getProperties().put(name, value));
        for (Class<?> entity : entities) {
            configuration.addAnnotatedClass(entity);
        }
        try (SessionFactory sessionFactory = configuration.buildSessionFactory()) {
            return AggregateResolver.resolve(sessionFactory.unwrap(SessionFactoryImplementor.class));
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
            String action, Map<String, Object> settings, Class<?>... entities) {
        return assertThatThrownBy(() -> resolve(settings, entities))
                .isInstanceOfSatisfying(
                        AggregateMappingException.class,
                        refusal -> assertThat(refusal.action()).contains(action));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
            String action, Class<?>... entities) {
        return assertThatRefused(action, Map.of(), entities);
    }

    @Test
    void plainMappingIsResolved() {
        assertThat(resolve(Map.of(), Plain.class).all())
                .extracting(Aggregate::type)
                .containsExactly("plain");
    }

    @Entity
    @PublishFullState
    static class TenantRoot {
        @Id
        String id;

        @TenantId
        String tenant;

        @Version
        int version;
    }

    @Test
    void rootWithATenantIsRefusedBecauseItWouldMixTenants() {
        assertThatRefused("Make it an ordinary attribute", TenantRoot.class)
                .hasMessageContaining("Attribute 'tenant' of " + TenantRoot.class.getName())
                .hasMessageContaining("is a @TenantId");
    }

    @Embeddable
    record TenantKey(String number, @TenantId String tenant) {}

    @Entity
    @PublishFullState
    static class TenantKeyRoot {
        @EmbeddedId
        TenantKey id;

        @Version
        int version;
    }

    @Test
    void rootWithATenantInItsIdIsRefused() {
        assertThatRefused("Make it an ordinary attribute", TenantKeyRoot.class)
                .hasMessageContaining("Attribute 'id.tenant'");
    }

    @Entity
    @PublishFullState
    static class RootOfTenantParts {
        @Id
        String id;

        @OneToMany(cascade = CascadeType.ALL)
        List<TenantPart> parts = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    static class TenantPart {
        @Id
        String id;

        @TenantId
        String tenant;
    }

    @Test
    void partWithATenantIsRefusedBecauseOtherTenantsWouldMissIt() {
        assertThatRefused("take @PublishFullState off the root", RootOfTenantParts.class, TenantPart.class)
                .hasMessageContaining("Attribute 'tenant' of " + TenantPart.class.getName());
    }

    @Test
    void uncapturedEntityMayHaveATenant() {
        assertThat(resolve(Map.of(), Plain.class, TenantPart.class).all()).hasSize(1);
    }

    @Test
    void databasePerTenantIsRefusedBecauseEachWouldNeedAnOutbox() {
        assertThatRefused(
                        "Give each tenant a persistence unit of its own",
                        Map.of(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER, new NoConnections()),
                        Plain.class)
                .hasMessageContaining(Plain.class.getName())
                .hasMessageContaining("database, schema or role per tenant");
    }

    @Test
    void schemaPerTenantIsRefusedBecauseEachWouldNeedAnOutbox() {
        TenantSchemaMapper<Object> schemas = String::valueOf;
        assertThatRefused(
                        "Give each tenant a persistence unit of its own",
                        Map.of(MultiTenancySettings.MULTI_TENANT_SCHEMA_MAPPER, schemas),
                        Plain.class)
                .hasMessageContaining("database, schema or role per tenant");
    }

    /** The resolver only looks for a provider, and never calls it. */
    private static final class NoConnections extends AbstractMultiTenantConnectionProvider<Object> {

        private static final long serialVersionUID = 1L;

        @Override
        protected ConnectionProvider getAnyConnectionProvider() {
            throw new UnsupportedOperationException("no connections");
        }

        @Override
        protected ConnectionProvider selectConnectionProvider(Object tenant) {
            return getAnyConnectionProvider();
        }
    }

    @Entity
    @PublishFullState
    static class RootOfHiddenParts {
        @Id
        String id;

        @OneToMany(cascade = CascadeType.ALL)
        List<HiddenPart> parts = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    @SQLRestriction("hidden = false")
    static class HiddenPart {
        @Id
        String id;

        boolean hidden;
    }

    @Test
    void partThatCanBeHiddenNeedsAWayToItsRoot() {
        assertThatRefused("Map the association in both directions", RootOfHiddenParts.class, HiddenPart.class)
                .hasMessageContaining("Attribute 'parts' of " + RootOfHiddenParts.class.getName())
                .hasMessageContaining("(" + HiddenPart.class.getName() + ")");
    }

    @Entity
    @PublishFullState
    static class RootOfRestrictedParts {
        @Id
        String id;

        @OneToMany(cascade = CascadeType.ALL)
        @SQLRestriction("hidden = false")
        List<VisiblePart> parts = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    static class VisiblePart {
        @Id
        String id;

        boolean hidden;
    }

    @Test
    void partThatCanLeaveARestrictedCollectionNeedsAWayToItsRoot() {
        assertThatRefused("Map the association in both directions", RootOfRestrictedParts.class, VisiblePart.class)
                .hasMessageContaining("a @SQLRestriction can hide");
    }

    @Entity
    @PublishFullState
    static class RootOfTwoWayParts {
        @Id
        String id;

        @OneToMany(mappedBy = "root", cascade = CascadeType.ALL)
        @SQLRestriction("hidden = false")
        List<TwoWayPart> parts = new ArrayList<>();

        @Version
        int version;
    }

    @Entity
    @SQLRestriction("hidden = false")
    static class TwoWayPart {
        @Id
        String id;

        @ManyToOne
        RootOfTwoWayParts root;

        boolean hidden;
    }

    @Test
    void partThatKnowsItsRootMayBeHidden() {
        assertThat(resolve(Map.of(), RootOfTwoWayParts.class, TwoWayPart.class).all())
                .hasSize(1);
    }

    @Entity
    @PublishFullState
    static class RootOfElements {
        @Id
        String id;

        @ElementCollection
        List<Element> elements = new ArrayList<>();

        @Version
        int version;
    }

    @Embeddable
    static class Element {
        @ManyToOne(cascade = CascadeType.REMOVE)
        VisiblePart part;
    }

    @Test
    void partInsideAnElementCollectionIsRefusedBecauseItHasNoWayToItsRoot() {
        assertThatRefused("Make the element an entity of its own", RootOfElements.class, VisiblePart.class)
                .hasMessageContaining("no way leads back to the root")
                .hasMessageContaining(RootOfElements.class.getName());
    }

    @Entity
    @PublishFullState
    static class Timed {
        @Id
        String id;

        @Version
        Instant version;
    }

    @Test
    void versionThatDoesNotCountIsRefused() {
        assertThatRefused("private long version;", Timed.class).hasMessageContaining("of type java.time.Instant");
    }

    @Entity
    @PublishFullState(dataSchema = "schemas/order.json")
    static class RelativeSchema {
        @Id
        String id;

        @Version
        int version;
    }

    @Test
    void dataSchemaHasToBeAnAbsoluteUri() {
        assertThatRefused("@PublishFullState(dataSchema = \"https://...\")", RelativeSchema.class)
                .hasMessageContaining("'schemas/order.json'")
                .hasMessageContaining("is not an absolute URI");
    }

    @Entity
    @PublishFullState(type = " ")
    static class BlankType {
        @Id
        String id;

        @Version
        int version;
    }

    @Test
    void eventTypeMustNotBeBlank() {
        assertThatRefused("@PublishFullState(type = \"com.example.order\")", BlankType.class)
                .hasMessageContaining("The event type of " + BlankType.class.getName());
    }

    @Entity
    @PublishFullState(aggregateType = "a/b")
    static class IllegalTopic {
        @Id
        String id;

        @Version
        int version;
    }

    @Entity
    @PublishFullState(aggregateType = "..")
    static class DotsAlone {
        @Id
        String id;

        @Version
        int version;
    }

    @Entity
    @PublishFullState(
            aggregateType =
                    "x2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
                            + "x234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")
    static class LongType {
        @Id
        String id;

        @Version
        int version;
    }

    @Test
    void aggregateTypeHasToBeLegalInATopicsName() {
        assertThatRefused("Use letters, digits", IllegalTopic.class).hasMessageContaining("'a/b'");
        assertThatRefused("not '.' or '..' alone", DotsAlone.class).hasMessageContaining("'..'");
        assertThatRefused("200 at most", LongType.class).hasMessageContaining("'x2345");
    }
}
