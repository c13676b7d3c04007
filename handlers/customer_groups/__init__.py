"""Parents' groups in WeChat that a teacher owns: chosen, their names listed, their posts sent by hand."""
