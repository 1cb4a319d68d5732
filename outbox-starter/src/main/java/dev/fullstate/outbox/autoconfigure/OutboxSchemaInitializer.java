package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

import dev.fullstate.outbox.store.OutboxSchema;

/** Migrates the outbox schema at start-up. */
final class OutboxSchemaInitializer implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(OutboxSchemaInitializer.class);

    private final DataSource dataSource;

    OutboxSchemaInitializer(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void afterPropertiesSet() {
        if (Databases.isPostgresql(dataSource)) {
            OutboxSchema.migrate(dataSource);
        } else {
            log.warn("The outbox schema is not created: the DataSource is not PostgreSQL");
        }
    }
}
