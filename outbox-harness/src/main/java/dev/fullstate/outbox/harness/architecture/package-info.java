/** The form in which each module writes down its packages. Tables go in; ArchUnit's rules come out. */
@NullMarked
package dev.fullstate.outbox.harness.architecture;

import org.jspecify.annotations.NullMarked;
