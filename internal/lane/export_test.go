package lane

// Waiting tells how many items wait under a key.
func (l *Lanes[T]) Waiting(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.of[key]; n != nil {
		return len(n.waiting)
	}
	return 0
}
