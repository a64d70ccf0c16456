// A package that is no program.
package library

func Main() {}
