/**
 * What is measured, one class per family of cases. In come contenders, out go figures.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.cases;

import org.jspecify.annotations.NullMarked;
