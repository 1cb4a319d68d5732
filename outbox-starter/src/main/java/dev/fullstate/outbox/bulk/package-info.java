/**
 * Watches for changes that capture cannot see. The bulk statements (HQL, JPQL, criteria) that Hibernate is about to
 * translate go in, the writes of other entity classes to the aggregates' tables, and the modifying queries of repositories at start-up; a
 * refusal, a warning or nothing comes out.
 */
@NullMarked
package dev.fullstate.outbox.bulk;

import org.jspecify.annotations.NullMarked;
