/** An aggregate whose classes have Hibernate's bytecode enhancement, so that attributes load when they are asked for. */
package dev.fullstate.outbox.enhanced;
