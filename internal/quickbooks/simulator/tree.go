package simulator

// treeNode is a row of a list whose rows may have parents: an account, a department, a customer.
type treeNode[T any] interface {
	comparable
	up() T // the parent; nil at the top
	down() []T
}

// levelOf returns 1 for a row at the top, 2 for those below it and so on.
func levelOf[T treeNode[T]](row T) int {
	var none T
	level := 1
	for parent := row.up(); parent != none; parent = parent.up() {
		level++
	}
	return level
}

// depthOf returns how many levels there are from a row down, itself included.
func depthOf[T treeNode[T]](row T) int {
	deepest := 0
	for _, child := range row.down() {
		deepest = max(deepest, depthOf(child))
	}
	return deepest + 1
}

// isUnder says whether a row is another one or lies below it.
func isUnder[T treeNode[T]](row, other T) bool {
	var none T
	for ; row != none; row = row.up() {
		if row == other {
			return true
		}
	}
	return false
}
