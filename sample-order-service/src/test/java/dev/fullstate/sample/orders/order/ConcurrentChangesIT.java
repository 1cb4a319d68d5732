package dev.fullstate.sample.orders.order;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

import dev.fullstate.sample.orders.OrdersApi;
import dev.fullstate.sample.orders.WholeService;

import static org.assertj.core.api.Assertions.assertThat;

@WholeService
class ConcurrentChangesIT {

    private static final int CLIENTS = 8;

    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final CyclicBarrier start = new CyclicBarrier(CLIENTS);

    @Autowired
    private OrdersApi api;

    @AfterEach
    void stopClients() {
        clients.shutdownNow();
    }

    @Test
    void oneOfManyPaymentsSucceedsAndTheOthersComeTooLate() throws Exception {
        String order = api.newOrder();

        List<Integer> statuses = atOnce(Collections.nCopies(CLIENTS, () -> api.post(order + "/payment")));

        assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 409);
    }

    @Test
    void changesOfOneOrderWaitForEachOtherAndSucceed() throws Exception {
        String order = api.newOrder();
        List<Callable<RestTestClientResponse>> changes = new ArrayList<>();
        changes.add(() -> api.post(order + "/payment"));
        for (int client = 1; client < CLIENTS; client++) {
            String item = order + "/items/" + (client % 2 == 0 ? "prod-7" : "prod-123");
            String quantity = "{\"quantity\": %d}".formatted(100 + client);
            changes.add(() -> api.put(item, quantity));
        }

        assertThat(atOnce(changes)).containsOnly(200);

        assertThat(api.get(order))
                .bodyJson()
                .extractingPath("$.items[?(@.quantity > 100)].productId")
                .asArray()
                .containsExactly("prod-7", "prod-123");
    }

    @Test
    void requestThatWaitedForADeletedOrderDoesNotFindIt() throws Exception {
        String order = api.newOrder();

        List<Integer> statuses = atOnce(Collections.nCopies(CLIENTS, () -> api.delete(order)));

        assertThat(statuses).containsOnlyOnce(204).containsOnly(204, 404);
    }

    private List<Integer> atOnce(List<Callable<RestTestClientResponse>> requests) throws Exception {
        List<Future<Integer>> replies = requests.stream()
                .map(request -> clients.submit(() -> {
                    start.await();
                    return request.call().getExchangeResult().getStatus().value();
                }))
                .toList();
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> reply : replies) {
            statuses.add(reply.get());
        }
        return statuses;
    }
}
