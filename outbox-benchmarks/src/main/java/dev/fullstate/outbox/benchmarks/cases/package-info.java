/**
 * The measurements, one class per family of cases. Contenders go in, figures come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.cases;

import org.jspecify.annotations.NullMarked;
