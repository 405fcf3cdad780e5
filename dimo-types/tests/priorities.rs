//! What a full queue keeps.

use dimo_types::Priority;

#[test]
fn a_full_queue_drops_logs_first_and_alarms_last() {
    let mut queue = [Priority::Urgent, Priority::Routine, Priority::Bulk, Priority::Important];
    queue.sort_unstable();
    assert_eq!(queue, Priority::ALL);
    assert_eq!((queue[0], queue[3]), (Priority::Bulk, Priority::Urgent));
    assert_eq!(Priority::default(), Priority::Routine);
}

#[test]
fn stored_levels_and_ids_survive() {
    for priority in Priority::ALL {
        assert_eq!(Priority::from_level(priority.level()), Some(priority));
        assert_eq!(priority.id().parse(), Ok(priority));
    }
    assert_eq!(Priority::from_level(4), None);
}
