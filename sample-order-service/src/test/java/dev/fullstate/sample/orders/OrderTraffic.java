package dev.fullstate.sample.orders;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** Orders in every state, and changes of them, over HTTP. */
final class OrderTraffic {

    private final OrdersApi api;

    OrderTraffic(OrdersApi api) {
        this.api = api;
    }

    /** {@return the paths of new orders that exist and whose items can be changed; others are delivered or deleted} */
    List<String> placeChangeAndDelete() {
        List<String> changeable = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String order = api.newOrder();
            switch (i % 5) {
                case 0 -> changeable.add(order);
                case 1 -> {
                    succeed(api.post(order + "/payment"));
                    changeable.add(order);
                }
                case 2 -> succeed(changeQuantity(order, i));
                case 3 -> {
                    succeed(api.post(order + "/payment"));
                    succeed(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}"));
                    succeed(api.post(order + "/delivery"));
                }
                default -> succeed(api.delete(order));
            }
        }
        return changeable;
    }

    /** Changes items of these orders, and places and deletes others, until it is to end. */
    void keepChanging(List<String> orders, Random random, AtomicBoolean end) {
        while (!end.get()) {
            succeed(changeQuantity(orders.get(random.nextInt(orders.size())), 1 + random.nextInt(9)));
            String passing = api.newOrder();
            if (random.nextBoolean()) {
                succeed(api.delete(passing));
            }
        }
    }

    private RestTestClientResponse changeQuantity(String order, int quantity) {
        return api.put(order + "/items/prod-7", "{\"quantity\": %d}".formatted(quantity));
    }

    private static void succeed(RestTestClientResponse reply) {
        assertThat(reply).hasStatus2xxSuccessful();
    }
}
