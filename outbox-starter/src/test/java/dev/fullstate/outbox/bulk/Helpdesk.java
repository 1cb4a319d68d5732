package dev.fullstate.outbox.bulk;

import java.sql.SQLException;

import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

/** An application with the entities and repositories of this package. */
@Configuration(proxyBeanMethods = false)
@EntityScan(basePackageClasses = Ticket.class)
@EnableJpaRepositories(basePackageClasses = TicketRepository.class)
class Helpdesk {

    static ShopApplication start(PostgresServer postgres, String database, String... properties) throws SQLException {
        return ShopApplication.startWith(Helpdesk.class, postgres, database, properties);
    }
}
