package dev.fullstate.outbox.envelope;

import java.util.List;

import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;

/** Writes the states of entities that no database has seen. */
final class States implements AutoCloseable {

    private final SessionFactoryImplementor sessionFactory;
    private final Aggregates aggregates;
    private final StateWriter writer;

    private States(List<FullStateJsonCustomizer> customizers, List<Class<?>> classes) {
        Configuration configuration = new Configuration()
                .setProperty("hibernate.boot.allow_jdbc_metadata_access", false)
                .setProperty("jakarta.persistence.database-product-name", "PostgreSQL");
        classes.forEach(configuration::addAnnotatedClass);
        SessionFactory built = configuration.buildSessionFactory();
        try {
            this.sessionFactory = built.unwrap(SessionFactoryImplementor.class);
            this.aggregates = AggregateResolver.resolve(sessionFactory);
            this.writer = new StateWriter(aggregates, customizers);
        } catch (RuntimeException e) {
            built.close();
            throw e;
        }
    }

    static States of(Class<?>... classes) {
        return new States(List.of(), List.of(classes));
    }

    static States of(FullStateJsonCustomizer customizer, Class<?>... classes) {
        return new States(List.of(customizer), List.of(classes));
    }

    static States of(List<Class<?>> classes) {
        return new States(List.of(), classes);
    }

    /** Returns the state of one root, with single quotes. */
    static String written(Object root, Class<?>... classes) {
        try (States states = of(classes)) {
            return states.write(root);
        }
    }

    /** Writes a state, with single quotes. */
    String write(Object root) {
        Aggregate aggregate =
                aggregates.rootedAt(sessionFactory.getMappingMetamodel().getEntityDescriptor(root.getClass()));
        return writer.write(aggregate, root).replace('"', '\'');
    }

    Aggregates aggregates() {
        return aggregates;
    }

    SessionFactoryImplementor sessionFactory() {
        return sessionFactory;
    }

    @Override
    public void close() {
        sessionFactory.close();
    }
}
