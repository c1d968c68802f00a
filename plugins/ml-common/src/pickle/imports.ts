/**
 * What an import of a pickle is: of a library that models are made with,
 * one that could do harm when the pickle is loaded, or one nobody knows.
 * @public
 */
export type ImportKind = 'library' | 'dangerous' | 'unknown';

/** Functions in libraries that run what they are given, or read any file. */
const DANGEROUS = [
  /^builtins\.(eval|exec|compile|open|__import__|getattr|setattr|delattr|globals|locals|vars|input|breakpoint|memoryview|map|filter|type)$/,
  /^(os|posix|nt|posixpath|ntpath|sys|subprocess|shutil|socket|ctypes|importlib|imp|runpy|pty|code|codeop|marshal|pickle|_pickle|dill|shelve|webbrowser|multiprocessing|asyncio|threading|_thread|signal|tempfile|pathlib|io|_io|urllib|http|ftplib|smtplib|telnetlib|requests|platform|pdb|bdb|timeit|profile|cProfile|trace|pip|setuptools|distutils|types|inspect|operator|_operator|gc|atexit|site|zipimport|pkgutil|pydoc|doctest|unittest|test|idlelib|lib2to3)\./,
  /^cloudpickle\./,
  /^numpy\.(testing|distutils|f2py|load|loadtxt|fromfile|memmap|DataSource|save|savetxt|vectorize|apply_along_axis|lib|ctypeslib|core\._internal|_core\._internal)(\.|$)/,
  /^pandas\.(eval|read_|io\.|core\.computation|util\.testing|testing)/,
  /^joblib\.(?!numpy_pickle\.NumpyArrayWrapper$)/,
  /^scipy\.(io|weave|_lib\._ccallback)\./,
  /^sklearn\.(datasets|externals|utils\._testing|utils\.fixes)\b/,
  /^mlflow\./,
];

/** Modules that pickles of models rightly name. */
const LIBRARIES =
  /^(sklearn|numpy|scipy|pandas|joblib|xgboost|lightgbm|catboost|imblearn|category_encoders|statsmodels|_loss|collections|datetime|decimal|fractions|uuid)\.|^copyreg\.(_reconstructor|__newobj__|__newobj_ex__)$|^_codecs\.encode$|^functools\.partial$|^builtins\.(object|set|frozenset|list|dict|tuple|int|float|complex|bool|str|bytes|bytearray|slice|range|Ellipsis|NotImplemented)$/;

/**
 * Says what an import such as `sklearn.svm._classes.SVC` is.
 *
 * @remarks
 * A guard against accidents and known tricks, no proof of harmlessness: a
 * pickle is a program. Which is why only libraries pass unseen, and the rest
 * waits for a person to accept it.
 *
 * @param name - module and qualified name, joined by a dot
 * @public
 */
export function importKind(name: string): ImportKind {
  // `module.Class.method` reaches what `Class` merely holds, such as its module.
  if (DANGEROUS.some(pattern => pattern.test(name)) || /\.__/.test(reach(name)))
    return 'dangerous';
  return LIBRARIES.test(name) ? 'library' : 'unknown';
}

/** The name without the two of copyreg that begin with underscores by right. */
function reach(name: string) {
  return name.replace(/^copyreg\.__newobj(_ex)?__$/, '');
}
