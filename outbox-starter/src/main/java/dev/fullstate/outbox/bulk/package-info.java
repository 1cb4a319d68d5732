/**
 * Watches for changes that capture cannot see. The bulk statements (HQL, JPQL, criteria) that Hibernate is about to
 * translate come in, and the modifying queries of repositories at start-up; a refusal, a warning or nothing goes out.
 */
@NullMarked
package dev.fullstate.outbox.bulk;

import org.jspecify.annotations.NullMarked;
