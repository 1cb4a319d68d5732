package dev.fullstate.outbox.relay.failure;

/**
 * A fault that does not keep the relay from publishing.
 *
 * @param message with the fault and its possible consequences
 * @param remedy of the fault, where possible a command to paste
 */
public record Warning(String message, String remedy) {}
