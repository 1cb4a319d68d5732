package dev.fullstate.outbox.application;

import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

/** The checks with Spring Boot's defaults. */
class PlainApplicationIT extends ApplicationChecks {

    @Override
    ShopApplication start(PostgresServer server, String database) {
        return ShopApplication.startAgainWith(Users.class, server, database, WEB);
    }
}
