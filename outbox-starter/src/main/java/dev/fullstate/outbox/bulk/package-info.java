/**
 * Watches for changes that capture cannot see. In come the bulk statements (HQL, JPQL, criteria) that Hibernate is about to
 * translate, and the modifying queries of repositories at start-up; out goes a refusal, a warning, or nothing.
 */
@NullMarked
package dev.fullstate.outbox.bulk;

import org.jspecify.annotations.NullMarked;
