/** Aggregates in the less common mappings of JPA, each of them captured by {@code LifecycleIT} or {@code MappingsIT}. */
package dev.fullstate.outbox.mappings;
