package dev.fullstate.outbox.relay.failure;

/**
 * What is not as it should be although everything is published.
 *
 * @param message what is wrong and what may come of it
 * @param remedy what to do about it, where possible a command to paste
 */
public record Warning(String message, String remedy) {}
