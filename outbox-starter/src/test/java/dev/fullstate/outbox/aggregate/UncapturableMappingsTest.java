package dev.fullstate.outbox.aggregate;

import java.io.Serializable;
import java.sql.Blob;
import java.time.Instant;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.ManyToAny;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.PublishFullState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Mappings whose events could not be kept true are refused at start, with the change to make. */
class UncapturableMappingsTest {

    static Aggregates resolve(Class<?>... entities) {
        Configuration configuration = new Configuration().addAnnotatedClass(Other.class);
        Stream.of(entities).forEach(configuration::addAnnotatedClass);
        configuration
                .setProperty("hibernate.boot.allow_jdbc_metadata_access", false)
                .setProperty("jakarta.persistence.database-product-name", "PostgreSQL");
        try (var sessionFactory = configuration.buildSessionFactory()) {
            return AggregateResolver.resolve(sessionFactory.unwrap(SessionFactoryImplementor.class));
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(WithAny.class, "Attribute 'any' of %s", "association to one entity type"),
                arguments(WithManyToAny.class, "Attribute 'several' of %s", "association to one entity type"),
                arguments(WithBlob.class, "Attribute 'blob' of %s", "Make it a byte[] or a String"),
                arguments(WithOnDelete.class, "Attribute 'other' of %s", "Remove @OnDelete"),
                arguments(WithOnDeleteInAnEmbeddable.class, "Attribute 'holder.other' of %s", "Remove @OnDelete"),
                arguments(WithForeignRows.class, "Attribute 'others' of %s", "use @JoinTable instead of @JoinColumn"),
                arguments(WithoutIdClass.class, "%s has @PublishFullState and an id of several", "Give it an @IdClass"),
                arguments(WithDerivedId.class, "%s has @PublishFullState and an id of several", "Give it an @IdClass"),
                arguments(WithNestedId.class, "The id of %s is of type", "an embeddable of basic types"),
                arguments(WithOffsetTimeId.class, "The id of %s is of type", "Use a basic type"),
                arguments(WithSerializedId.class, "The id of %s is of type", "Use a basic type"),
                arguments(WithNestedKey.class, "Attribute 'byKey' of %s", "Use keys of a basic type"),
                arguments(WithPartsOfElements.class, "Attribute 'elements{element}.part' of %s", "remove the cascade"),
                arguments(WithTime.class, "%s has @PublishFullState and a @Version attribute of type", "@Version"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void mappingIsRefusedWithTheChangeToMake(Class<?> root, String message, String action) {
        assertThatThrownBy(() -> resolve(root))
                .isInstanceOfSatisfying(
                        AggregateMappingException.class,
                        refusal -> assertThat(refusal.action()).contains(action))
                .hasMessageStartingWith(message.formatted(root.getName()));
    }

    @Test
    void rootWithATablePerSubclassIsRefused() {
        assertThatThrownBy(() -> resolve(OnePerClass.class, OneOfThem.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("strategy TABLE_PER_CLASS");
    }

    @Test
    void referenceToAnEntityWithoutAnIdClassIsRefused() {
        assertThatThrownBy(() -> resolve(WithUnnamed.class, Unnamed.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'unnamed' of " + WithUnnamed.class.getName())
                .hasMessageContaining("refers to " + Unnamed.class.getName());
    }

    @Test
    void onDeleteOfAPartsReferenceIsRefused() {
        assertThatThrownBy(() -> resolve(WithPart.class, PartWithOnDelete.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'other' of " + PartWithOnDelete.class.getName())
                .hasMessageContaining("SET_NULL");
    }

    /** The database deletes the part with one of its owners; the other is a root too, and would lose the part without an event. */
    @Test
    void onDeleteOfAPartOfTwoRootsIsRefused() {
        assertThatThrownBy(() -> resolve(OneOwner.class, OtherOwner.class, PartOfTwo.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'other' of " + PartOfTwo.class.getName())
                .hasMessageContaining("CASCADE");
    }

    @Test
    void onDeleteOfAnotherEntitysCollectionIsRefused() {
        assertThatThrownBy(() -> resolve(WithReference.class, DeletesRoots.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Collection '" + DeletesRoots.class.getName() + ".roots' has @OnDelete")
                .hasMessageContaining("[with-reference]");
    }

    @Test
    void partsThatHoldTheirOwnersInACollectionAreRefused() {
        assertThatThrownBy(() -> resolve(WithSharedParts.class, SharedPart.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'parts' of " + WithSharedParts.class.getName())
                .hasMessageContaining("'owners'");
    }

    /** The twin of the refusals: mappings that look like them and can be captured. */
    @Test
    void onDeleteFromAPartToItsOwnerAndWithoutAnActionIsNotRefused() {
        assertThat(resolve(WithCascadedParts.class, CascadedPart.class).all()).hasSize(1);
    }

    @MappedSuperclass
    abstract static class Root {

        @Id
        int id;

        @Version
        int version;
    }

    @Entity
    static class Other {

        @Id
        int id;
    }

    @Entity
    @PublishFullState
    static class WithAny extends Root {

        @Any
        @AnyKeyJavaClass(Integer.class)
        @JoinColumn(name = "any_id")
        @Column(name = "any_type")
        Object any;
    }

    @Entity
    @PublishFullState
    static class WithManyToAny extends Root {

        @ManyToAny
        @AnyKeyJavaClass(Integer.class)
        @JoinTable(
                name = "several",
                joinColumns = @JoinColumn(name = "root_id"),
                inverseJoinColumns = @JoinColumn(name = "any_id"))
        @Column(name = "any_type")
        List<Object> several = new ArrayList<>();
    }

    @Entity
    @PublishFullState
    static class WithBlob extends Root {

        Blob blob;
    }

    @Entity
    @PublishFullState
    static class WithOnDelete extends Root {

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        Other other;
    }

    @Entity
    @PublishFullState
    static class WithOnDeleteInAnEmbeddable extends Root {

        Holder holder;
    }

    @Embeddable
    static class Holder {

        @ManyToOne
        @OnDelete(action = OnDeleteAction.SET_DEFAULT)
        Other other;
    }

    @Entity
    @PublishFullState
    static class WithReference extends Root {

        @ManyToOne
        DeletesRoots other;
    }

    @Entity
    static class DeletesRoots {

        @Id
        int id;

        @OneToMany(mappedBy = "other")
        @OnDelete(action = OnDeleteAction.CASCADE)
        List<WithReference> roots = new ArrayList<>();
    }

    @Entity
    @PublishFullState
    static class WithForeignRows extends Root {

        @OneToMany
        @JoinColumn(name = "root_id")
        List<Other> others = new ArrayList<>();
    }

    @Entity
    @PublishFullState
    static class WithoutIdClass implements Serializable {

        private static final long serialVersionUID = 1L;

        @Id
        int one;

        @Id
        int two;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithDerivedId implements Serializable {

        private static final long serialVersionUID = 1L;

        @Id
        @OneToOne
        Other other;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithNestedId {

        @EmbeddedId
        NestedId id;

        @Version
        int version;
    }

    @Embeddable
    record NestedId(int number, Nested nested) implements Serializable {}

    @Embeddable
    record Nested(String text) implements Serializable {}

    @Entity
    @PublishFullState
    static class WithNestedKey extends Root {

        @ElementCollection
        Map<NestedId, String> byKey = new HashMap<>();
    }

    @Entity
    @PublishFullState
    static class WithPartsOfElements extends Root {

        @ElementCollection
        List<Element> elements = new ArrayList<>();
    }

    @Embeddable
    static class Element {

        @ManyToOne(cascade = CascadeType.REMOVE)
        Other part;
    }

    @Entity
    @PublishFullState
    static class WithTime {

        @Id
        int id;

        @Version
        Instant version;
    }

    @Entity
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    @PublishFullState
    static class OnePerClass extends Root {}

    @Entity
    static class OneOfThem extends OnePerClass {}

    @Entity
    @PublishFullState
    static class WithUnnamed extends Root {

        @ManyToOne
        Unnamed unnamed;
    }

    @Entity
    static class Unnamed implements Serializable {

        private static final long serialVersionUID = 1L;

        @Id
        int one;

        @Id
        int two;
    }

    @Entity
    @PublishFullState
    static class WithPart extends Root {

        @OneToOne(cascade = CascadeType.ALL)
        PartWithOnDelete part;
    }

    @Entity
    static class PartWithOnDelete {

        @Id
        int id;

        @ManyToOne
        @OnDelete(action = OnDeleteAction.SET_NULL)
        Other other;
    }

    @Entity
    @PublishFullState
    static class WithSharedParts extends Root {

        @ManyToMany(mappedBy = "owners", cascade = CascadeType.ALL)
        List<SharedPart> parts = new ArrayList<>();
    }

    @Entity
    static class SharedPart {

        @Id
        int id;

        @ManyToMany
        List<WithSharedParts> owners = new ArrayList<>();
    }

    @Entity
    @PublishFullState
    static class WithCascadedParts extends Root {

        @OneToMany(mappedBy = "root", cascade = CascadeType.ALL)
        @OnDelete(action = OnDeleteAction.CASCADE)
        List<CascadedPart> parts = new ArrayList<>();

        @ElementCollection
        @OnDelete(action = OnDeleteAction.CASCADE)
        List<String> texts = new ArrayList<>();

        @ManyToOne
        @OnDelete(action = OnDeleteAction.NO_ACTION)
        Other other;
    }

    @Entity
    static class CascadedPart {

        @Id
        int id;

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        WithCascadedParts root;

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        CascadedPart above;

        @OneToMany(mappedBy = "above", cascade = CascadeType.ALL)
        @OnDelete(action = OnDeleteAction.CASCADE)
        List<CascadedPart> below = new ArrayList<>();
    }

    @Entity
    @PublishFullState
    static class OneOwner {
        @Id
        int id;

        @OneToMany(mappedBy = "one", cascade = CascadeType.ALL)
        List<PartOfTwo> parts = new ArrayList<>();

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class OtherOwner {
        @Id
        int id;

        @OneToMany(mappedBy = "other", cascade = CascadeType.ALL)
        List<PartOfTwo> parts = new ArrayList<>();

        @Version
        long version;
    }

    @Entity
    static class PartOfTwo {
        @Id
        int id;

        @ManyToOne
        OneOwner one;

        @ManyToOne
        @OnDelete(action = OnDeleteAction.CASCADE)
        OtherOwner other;
    }

    @Entity
    @PublishFullState
    static class WithOffsetTimeId {

        @Id
        OffsetTime id;

        @Version
        int version;
    }

    @Entity
    @PublishFullState
    static class WithSerializedId {

        @Id
        StringBuilder id;

        @Version
        int version;
    }
}
