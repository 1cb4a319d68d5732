/** An aggregate whose classes have Hibernate's bytecode enhancement, so that attributes load on their first use. */
package dev.fullstate.outbox.enhanced;
