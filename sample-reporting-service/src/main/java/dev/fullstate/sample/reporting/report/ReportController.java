package dev.fullstate.sample.reporting.report;

import java.security.Principal;
import java.util.List;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/reports")
class ReportController {

    private static final Logger log = LoggerFactory.getLogger(ReportController.class);

    private final OrderReport report;

    ReportController(OrderReport report) {
        this.report = report;
    }

    @GetMapping("/orders/{orderId}")
    ResponseEntity<ReportedOrder> order(@PathVariable UUID orderId) {
        return ResponseEntity.of(report.order(orderId));
    }

    @GetMapping("/revenue")
    List<Revenue> revenue() {
        return report.revenue();
    }

    @GetMapping("/revenue/{customerId}")
    List<Revenue> revenueOf(@PathVariable String customerId) {
        return report.revenueOf(customerId);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void empty(Principal user) {
        report.empty();
        log.info("{} has emptied the report; republish the orders to fill it again", user.getName());
    }
}
