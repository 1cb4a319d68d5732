package dev.fullstate.outbox.values;

import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.values.Kinds.Chosen;
import dev.fullstate.outbox.values.Kinds.Converted;
import dev.fullstate.outbox.values.Kinds.Documents;
import dev.fullstate.outbox.values.Kinds.Enums;
import dev.fullstate.outbox.values.Kinds.Measure;
import dev.fullstate.outbox.values.Kinds.Nick;
import dev.fullstate.outbox.values.Kinds.Scalars;
import dev.fullstate.outbox.values.Kinds.Several;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Each kind of value has the form that docs/json.md gives it, live and republished. */
class ValuesIT {

    static PostgresServer postgres;
    static ShopApplication application;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Kinds.class)
    static class ValuesOfAllKinds {

        @Bean
        FullStateJsonCustomizer nicks() {
            return builder -> builder.addModule(new SimpleModule("nicks").addSerializer(new NickSerializer()));
        }
    }

    private static final class NickSerializer extends StdSerializer<Nick> {

        NickSerializer() {
            super(Nick.class);
        }

        @Override
        public void serialize(Nick nick, JsonGenerator generator, SerializationContext context) {
            generator.writeString("called " + nick.name());
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(ValuesOfAllKinds.class, postgres, "kinds");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        application.forgetOutbox();
    }

    /** Asserts the JSON, live and republished. Single quotes stand for double ones. */
    private static void assertWritten(String aggregateType, Object entity, String json) {
        application.run(em -> em.persist(entity));
        String live = only();
        assertThat(live).isEqualTo(json.replace('\'', '"'));

        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(aggregateType), "test");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> republisher.find(job).orElseThrow().state().isFinal());
        assertThat(only()).isEqualTo(live);
    }

    private static String only() {
        List<OutboxRow> rows = application.outbox();
        assertThat(rows).hasSize(1);
        return rows.get(0).payload();
    }

    @Test
    void numbersTextsAndNamesAreWrittenInTheirDocumentedForm() {
        assertWritten(
                "scalars",
                new Scalars(),
                "{'id':1,'letter':'ä','letters':'a\\'','yes':true,'yesNo':true,'tiny':-1,'small':2,'medium':3,"
                        + "'large':-9223372036854775808,'huge':123456789012345678901234567890,"
                        + "'exact':10000000000.00000000000000000001,'price':1000.00,'single':0.1,'twice':0.002,"
                        + "'uuid':'00000000-0000-0001-0000-000000000002','bytes':'/wAB','image':'AQ==','story':'Once\\n',"
                        + "'zone':'Europe/Berlin','zoneOffset':'+02:00','timeZone':'Asia/Kolkata','locale':'de-AT',"
                        + "'currency':'EUR','url':'https://example.org/?q=%22','address':'127.0.0.1',"
                        + "'type':'java.lang.String','duration':'PT1M30.5S','interval':'PT1M1S','year':2026,"
                        + "'kept':'2026-01-02T03:04:05.1+05:30'}");
    }

    @Test
    void enumsAreWrittenByTheirNames() {
        assertWritten(
                "enums",
                new Enums(),
                "{'id':1,'byName':'SMALL','byOrdinal':'LARGE','byType':'LARGE','byConverter':'SMALL','day':'MONDAY',"
                        + "'several':['SMALL','LARGE'],'elements':['LARGE'],'entries':{'LARGE':'SMALL'}}");
    }

    @Test
    void arraysAndCollectionsAreWrittenElementByElementAndIdsAsTheirType() {
        application.run(em -> em.persist(new Several(LocalDate.of(2025, 12, 31), null)));
        application.forgetOutbox();
        application.run(em -> em.persist(
                new Several(LocalDate.of(2026, 1, 2), em.getReference(Several.class, LocalDate.of(2025, 12, 31)))));

        assertThat(only())
                .isEqualTo(
                        "{'id':'2026-01-02','texts':['b',null,'a'],'numbers':[2,1],'dates':['2026-03-29'],'prices':[1.50],"
                                .concat("'byDate':{'2026-01-02':'PT25H'},'amounts':[3.00],'otherId':'2025-12-31'}")
                                .replace('\'', '"'));
    }

    @Test
    void documentsAreWrittenAsTheColumnHasThem() {
        assertWritten(
                "documents",
                new Documents(),
                "{'id':1,'text':{'a':'x','b':[1.50,100,null]},'map':{'k':[1,'v']},'points':[{'x':1,'why':'z'}],"
                        + "'point':{'x':2,'why':'y'},'tree':{'t':[1.5]},'xml':'<a b=\\'1\\'/>'}");
    }

    @Test
    void convertedValuesAreWrittenByTheirClassElseAsTheColumnHasThem() {
        assertWritten(
                "converted",
                new Converted(),
                "{'id':1,'email':'a@example.org','tags':['x','y'],'month':'2026-02','jackson2':{'n':1.5},'jackson3':{'m':[true]},'color':'ff',"
                        + "'price':{'amount':12.50,'currency':'EUR'}}");
    }

    @Test
    void formChosenByTheApplicationHasPrecedence() {
        assertWritten(
                "chosen",
                new Chosen(),
                "{'id':1,'date':'02.01.2026','text':'QUIET','email':{'address':'a@example.org','length':13},'nick':'called n'}");
    }

    @Test
    void valueThatIsNotANumberInJsonFailsTheTransaction() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> application.run(em -> {
                        Measure measure = new Measure();
                        measure.value = value;
                        em.persist(measure);
                    }))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .hasStackTraceContaining(OutboxException.class.getName())
                    .hasStackTraceContaining(value + " is not a number in JSON");
        }
        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void infinityOfTheDatabaseIsWrittenAsInfinity() {
        for (String infinity : List.of("infinity", "-infinity")) {
            application.run(em -> {
                em.persist(new Measure());
                em.flush();
                application
                        .jdbc()
                        .sql("update kinds$measure set at = '" + infinity + "'")
                        .update();
            });
            assertThat(only()).isEqualTo("{\"id\":1,\"value\":0.0,\"at\":\"" + infinity + "\"}");
            application.run(em -> em.remove(em.find(Measure.class, 1)));
            application.forgetOutbox();
        }
    }
}
