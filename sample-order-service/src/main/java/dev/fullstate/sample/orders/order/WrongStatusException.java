package dev.fullstate.sample.orders.order;

/** A request does not fit the order's status. */
final class WrongStatusException extends RuntimeException {

    WrongStatusException(String message) {
        super(message);
    }
}
