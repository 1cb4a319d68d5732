/** The form in which each module writes down its packages. Tables come in; ArchUnit's rules go out. */
@NullMarked
package dev.fullstate.outbox.harness.architecture;

import org.jspecify.annotations.NullMarked;
