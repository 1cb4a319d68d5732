package dev.fullstate.outbox.shared;

import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shared.Product.Leaflet;
import dev.fullstate.outbox.shared.Product.Lot;
import dev.fullstate.outbox.shared.Product.LotMaker;
import dev.fullstate.outbox.shared.Product.Maker;
import dev.fullstate.outbox.shared.Product.Price;
import dev.fullstate.outbox.shared.Product.PriceAmount;
import dev.fullstate.outbox.shared.Product.ProductName;
import dev.fullstate.outbox.shared.Product.ProductSearch;
import dev.fullstate.outbox.shared.Product.ProductView;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Another entity class on the table of an aggregate would change it without an event: it may read, and write its own columns. */
@ExtendWith(OutputCaptureExtension.class)
class SharedTablesIT {

    static ShopApplication refusing;
    static ShopApplication warning;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Product.class)
    static class Entities {}

    @BeforeAll
    static void start() throws SQLException {
        refusing = ShopApplication.startWith(Entities.class, SharedServers.postgres(), "shared_refusing");
        warning = ShopApplication.startWith(
                Entities.class, SharedServers.postgres(), "shared_warning", "outbox.capture.bulk-operations=warn");
    }

    @AfterAll
    static void stop() {
        refusing.close();
        warning.close();
    }

    @BeforeEach
    void create() {
        create(refusing);
        create(warning);
    }

    private static void create(ShopApplication shop) {
        shop.run(em ->
                em.createQuery("from Product", Product.class).getResultList().forEach(em::remove));
        shop.run(em -> {
            Product product = new Product();
            product.id = 1;
            product.name = "tea";
            product.labels.add("green");
            Price price = new Price();
            price.id = 10;
            product.prices.add(price);
            em.persist(product);
        });
        shop.forgetOutbox();
    }

    static Stream<Arguments> writes() {
        return Stream.of(
                write("update of the root", em -> em.find(ProductName.class, 1).name = "x", "update", "ProductName 1"),
                write("delete of the root", em -> em.remove(em.find(ProductName.class, 1)), "delete", "ProductName 1"),
                write("insert of a root", em -> em.persist(new ProductName()), "insert", "ProductName 0"),
                write("insert by a class of few columns", em -> em.persist(new ProductSearch()), "insert", "Search 0"),
                write("update of a part", em -> em.find(PriceAmount.class, 10).amount = 3, "update", "PriceAmount 10"),
                write(
                        "bulk update",
                        em -> em.createQuery("update ProductName set name = 'x'")
                                .executeUpdate(),
                        "update",
                        "ProductName"),
                write(
                        "bulk delete of what is on the other side of a join table",
                        em -> em.createQuery("delete Tag").executeUpdate(),
                        "delete",
                        "Tag"),
                write(
                        "bulk delete",
                        em -> em.createQuery("delete PriceAmount").executeUpdate(),
                        "delete",
                        "PriceAmount"));
    }

    private static Arguments write(String what, Consumer<EntityManager> work, String kind, String entity) {
        return arguments(what, work, kind, entity);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("writes")
    void writeOfAnotherClassIsRefused(String what, Consumer<EntityManager> work, String kind, String entity) {
        assertThatThrownBy(() -> refusing.run(work))
                .extracting(NestedExceptionUtils::getMostSpecificCause)
                .asInstanceOf(InstanceOfAssertFactories.type(OutboxException.class))
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining(kind + " of dev.fullstate.outbox.shared.Product$")
                .hasMessageContaining(entity + " bypasses capture")
                .hasMessageContaining("[product]")
                .hasMessageContaining("outbox.capture.bulk-operations=allow");

        refusing.run(em -> {
            assertThat(em.find(Product.class, 1).name).isEqualTo("tea");
            assertThat(em.find(Price.class, 10).amount).isZero();
        });
    }

    @Test
    void writeOfAStatelessSessionIsRefusedToo() {
        assertThatThrownBy(() -> refusing.bean(SessionFactory.class)
                        .inStatelessTransaction(session -> session.upsert(new ProductName())))
                .hasMessageContaining("The upsert of");
    }

    @Test
    void otherClassesMayReadAndWriteTheirOwnColumns() {
        refusing.run(em -> {
            assertThat(em.find(ProductName.class, 1).name).isEqualTo("tea");
            assertThat(em.find(ProductView.class, 1).name).isEqualTo("tea");
            em.find(ProductSearch.class, 1).words = "tea leaf";
            em.createQuery("update ProductSearch set words = 'tea'").executeUpdate();
        });

        assertThat(refusing.outbox()).isEmpty();
    }

    @Test
    void columnsThatTheAggregateDoesNotHaveAndItsVersionMayBeWritten() {
        refusing.run(em -> {
            Leaflet leaflet = new Leaflet();
            leaflet.id = 1;
            em.persist(leaflet);
            Maker maker = new Maker();
            maker.id = 1;
            Lot lot = new Lot();
            lot.id = 1;
            maker.lots.add(lot);
            em.persist(lot);
            em.persist(maker);
            Maker other = new Maker();
            other.id = 2;
            em.persist(other);
        });
        refusing.forgetOutbox();

        refusing.run(em -> {
            em.find(LotMaker.class, 1).maker = 2;
            em.remove(em.find(Leaflet.class, 1));
        });

        assertThat(refusing.outbox()).isEmpty();
    }

    @Test
    void writeOfAnotherClassIsWarnedOfIfItIsToRun(CapturedOutput output) {
        warning.run(em -> em.find(ProductName.class, 1).name = "warned");

        assertThat(output.getOut())
                .contains("The update of " + ProductName.class.getName() + " 1 bypasses capture")
                .contains("FullStateEvents.markChanged");
    }

    @Test
    void aggregateThatAnotherClassHasChangedIsPublishedWhenItIsNamed() {
        warning.run(em -> {
            em.find(ProductName.class, 1).name = "named";
            em.flush();
            warning.bean(FullStateEvents.class).markChanged(Product.class, 1);
        });

        assertThat(warning.outbox()).extracting(OutboxRow::aggregateId).containsExactly("1");
        assertThat(warning.outbox().get(0).data().get("name").asString()).isEqualTo("named");
    }
}
